import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { publishedOf } from '../../ops/connection';
import type { Queues } from '../../ops/queues';
import { type Fixture, type FixtureOptions, startFixture } from '../local/fixture';
import { bundledCommand, type Command, sourceCommand } from '../support/commands';

/** A local cloud, with the queues as the commands of `ops/` see them. */
export interface Installation {
  readonly fixture: Fixture;
  readonly queues: Queues;
  /** The folder that `--data` takes. */
  readonly data: string;
  /** Fills the dead-letter queue. */
  addDeadLetters(deadLetters: readonly NewDeadLetter[]): Promise<void>;
  /** Has the commands take another endpoint for the local cloud's. */
  redirect(endpoint: string): void;
  stop(): Promise<void>;
}

export interface NewDeadLetter {
  readonly body: string;
  readonly reason?: string;
  readonly detail?: string;
}

export async function startInstallation(options: FixtureOptions = {}): Promise<Installation> {
  const data = mkdtempSync(join(tmpdir(), 'ops-'));
  const fixture = await startFixture({ notifications: [], ...options });
  const connection = publishedOf(fixture.cloud);
  const redirect = (s3: string) =>
    writeFileSync(join(data, 'cloud.json'), JSON.stringify({ ...connection, s3 }));
  redirect(connection.s3);
  return {
    fixture,
    data,
    redirect,
    get queues() {
      return { ...connection, sqs: fixture.sqs };
    },
    async addDeadLetters(deadLetters) {
      for (let i = 0; i < deadLetters.length; i += 10) {
        const Entries = deadLetters.slice(i, i + 10).map(({ body, reason, detail }, id) => ({
          Id: `${id}`,
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries({ reason, detail }).flatMap(([name, StringValue]) =>
              StringValue === undefined ? [] : [[name, { DataType: 'String', StringValue }]],
            ),
          ),
        }));
        await fixture.sqs.send(
          new SendMessageBatchCommand({ QueueUrl: connection.deadLetterQueueUrl, Entries }),
        );
      }
    },
    async stop() {
      await fixture.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The event that S3 sends of a source. */
export function eventOf(key: string, bucket = 'fixture-bucket'): string {
  const encoded = encodeURIComponent(key).replaceAll('%20', '+');
  return JSON.stringify({
    Records: [{ s3: { bucket: { name: bucket }, object: { key: encoded, size: 1 } } }],
  });
}

/** Rejected sources, named by a prefix and a number. */
export function rejectedSources(count: number, prefix = 'photo ', reason = 'damaged'): NewDeadLetter[] {
  return Array.from({ length: count }, (_, i) => ({
    body: eventOf(`${prefix}${i}.jpg`),
    reason,
    detail: 'It is bad.',
  }));
}

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function startCommand(
  name: Command,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcess; readonly said: Promise<Said> } {
  return startProgram([...bundledCommand(name), ...args], env);
}

/** As {@link startCommand}, as `npm run` starts it. */
export function startFromSource(name: Command, args: readonly string[]): ReturnType<typeof startCommand> {
  return startProgram([...sourceCommand(name), ...args]);
}

function startProgram(commandLine: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [program = '', ...args] = commandLine;
  const child = spawn(program, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { child, said: said.then(([out, err]) => ({ code: child.exitCode, out, err })) };
}

/** Runs a command as `npm run` does, to its end. */
export function runFromSource(name: Command, args: readonly string[]): Promise<Said> {
  return startFromSource(name, args).said;
}

/** Runs a command to its end. */
export function runCommand(name: Command, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said> {
  return startCommand(name, args, env).said;
}

/** The first line that a command writes to stdout. */
export async function firstLine({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(createInterface({ input: stdout as Readable }), 'line');
  return line;
}

/** A request to AWS: `action` is `AmazonSQS.SendMessage`, or the one of the query protocol. */
export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly action: string;
  readonly body: string;
}

/** What to answer in place of the endpoint behind. */
export interface AwsAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
}

/** Stands before an endpoint, and answers some of its requests itself; all others go on to it. */
export async function standBefore(
  endpoint: string,
  answer: (request: AwsRequest) => AwsAnswer | undefined,
): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const action = actionOf(request.headers, body.toString());
    const { method = 'GET', url = '/' } = request;
    const own = answer({ method, url, action, body: body.toString() });
    if (own) {
      const { status = 200, type = 'application/x-amz-json-1.0' } = own;
      response.writeHead(status, { 'content-type': type }).end(own.body);
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const passed = await fetch(`${endpoint}${url}`, {
      method,
      headers: headers as Record<string, string>,
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    });
    response
      .writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' })
      .end(Buffer.from(await passed.arrayBuffer()));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function actionOf(headers: IncomingHttpHeaders, body: string): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' ? target : (new URLSearchParams(body).get('Action') ?? '');
}
