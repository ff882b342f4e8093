import type { Log } from '../signal';
import type { App } from './fauxqs';
import { openJsonLines, readJsonLines } from './json-lines';
import { errorAnswer, type Head, type Refusal } from './refusals';

/** A value that a parameter of SSM had at a time. */
interface Version {
  readonly name: string;
  readonly value: string;
  /** In ms since 1970. */
  readonly modified: number;
}

/** Parameters of SSM with all the values that they had; kept on disk. */
export interface Parameters {
  /** Gives a parameter a value. As CloudFormation does, it writes only what differs. */
  put(name: string, value: string): void;
  /** The versions of a parameter, the oldest first; none if there is no such parameter. */
  history(name: string): readonly Version[];
  close(): void;
}

export function openParameters(file: string, log: Log): Parameters {
  const versions = readJsonLines(file, { isEntry: isVersion, log });
  const lines = openJsonLines<Version>(file);
  const history = (name: string) => versions.filter(version => version.name === name);
  return {
    history,
    put(name, value) {
      if (history(name).at(-1)?.value === value) return;
      const version = { name, value, modified: Date.now() };
      lines.write(version);
      versions.push(version);
    },
    close: lines.close,
  };
}

function isVersion(value: unknown): value is Version {
  const { name, value: text, modified } = (value ?? {}) as Partial<Version>;
  return typeof name === 'string' && typeof text === 'string' && typeof modified === 'number';
}

const HISTORY = 'AmazonSSM.GetParameterHistory';

/** Whether a request is one that {@link serveParameters} answers. */
export function isOfParameters({ headers, url }: Head): boolean {
  return headers['x-amz-target'] === HISTORY && url === '/';
}

/** SSM's GetParameterHistory, all versions at once. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html */
export function serveParameters(app: App, parameters: Parameters): void {
  app.addHook('preHandler', (request, reply, done) => {
    if (!isOfParameters(request)) return done();
    const { Name } = request.body as { readonly Name?: unknown };
    const versions = parameters.history(String(Name));
    const { headers, body } =
      versions.length > 0 ? { headers: JSON_TYPE, body: answerOf(versions) } : errorAnswer('json', NOT_FOUND);
    reply
      .code(versions.length > 0 ? 200 : NOT_FOUND.status)
      .headers(headers)
      .send(body);
  });
}

function answerOf(versions: readonly Version[]): string {
  return JSON.stringify({
    Parameters: versions.map(({ name, value, modified }, i) => ({
      Name: name,
      Type: 'String',
      Value: value,
      Version: i + 1,
      LastModifiedDate: modified / 1000,
    })),
  });
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };

const NOT_FOUND: Refusal = {
  status: 400,
  code: 'ParameterNotFound',
  sentence: 'There is no parameter of that name.',
};
