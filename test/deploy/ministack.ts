import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PYTHON, ROOT } from './shell';

/** AWS as others emulate it, on this machine: https://github.com/ministackorg/ministack. */
export interface Ministack {
  /** What the AWS CLI, CDK and the SDKs need to find it and to trust its certificate. */
  readonly environment: NodeJS.ProcessEnv;
  /** The end of its log, which holds the functions' own lines too. */
  logTail(): string;
  /** Ends it and all that it started; so does the end of this process. */
  stop(): Promise<void>;
}

/** In ms: for a cold start of Python on a busy machine. */
const TIME_TO_START = 60_000;
const PAUSE = 100;

/**
 * Starts the emulator on a free port of the loopback interface, with everything that it writes in a folder of its own.
 *
 * It listens with TLS and checks permissions (AUTH): requests without TLS and calls beyond a role's policies are refused as
 * on AWS. Functions run on the project's own Node.
 *
 * @throws Error with its log when it ends before it is ready
 */
export async function startMinistack(): Promise<Ministack> {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-ministack-'));
  const logFile = join(folder, 'log');
  const port = await freePort();
  const certificate = join(folder, 'ministack-tls/server.crt');
  const env = {
    ...withoutAws(process.env),
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
    TMPDIR: folder,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    USE_SSL: '1',
    AUTH: 'true',
    // For the functions, which call the emulator.
    NODE_EXTRA_CA_CERTS: certificate,
  };
  const log = openSync(logFile, 'w');
  const server = spawn(PYTHON as string, [join(__dirname, 'emulator.py')], {
    env,
    stdio: ['pipe', log, log],
    // A group of its own, for emulator.py to end.
    detached: true,
  });
  closeSync(log);
  const ended = once(server, 'exit');
  const logTail = () => `The emulator's log ends with:\n${readFileSync(logFile, 'utf8').slice(-6_000)}`;

  async function stop(): Promise<void> {
    server.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }

  const ready = `Running on https://127.0.0.1:${port}`;
  for (const end = Date.now() + TIME_TO_START; !readFileSync(logFile, 'utf8').includes(ready); ) {
    if (server.exitCode !== null || Date.now() > end) {
      const story = logTail();
      await stop();
      throw new Error(`MiniStack did not start. ${story}`);
    }
    await setTimeout(PAUSE);
  }

  const environment = {
    ...withoutAws(process.env),
    AWS_ENDPOINT_URL: `https://localhost:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  return { environment, logTail, stop };
}

/** Whoever runs the tests may have an account of their own: nothing of it must get in here. */
function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  return port;
}
