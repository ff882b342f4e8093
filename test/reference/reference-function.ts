import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the reference function said: its answer, or the error that ended it. */
export interface ReferenceAnswer {
  readonly answer?: { readonly statusCode: number; readonly body: string };
  readonly error?: string;
}

/** The documents' function (reference.py) in a process of its own. */
export interface ReferenceFunction {
  invoke(event: unknown): Promise<ReferenceAnswer>;
  stop(): Promise<void>;
}

/**
 * @param python a Python with what test/deploy/requirements.txt names
 * @param endpoint of S3
 */
export function startReferenceFunction(python: string, endpoint: string): ReferenceFunction {
  const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const env = {
    ...process.env,
    ...credentials,
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: 'us-east-1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const child = spawn(python, [join(__dirname, 'serve.py')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async invoke(event) {
      child.stdin.write(`${JSON.stringify(event)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('The reference function has ended.');
      return JSON.parse(value);
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
