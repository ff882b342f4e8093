import { join, resolve } from 'node:path';
import { type LocalCloud, startLocalCloud } from '../local/cloud';
import { claimFolder, FolderInUseError } from '../local/lock';
import { type Connection, connectionOf, invocations, publish, readyMessage } from './connection';
import { dropAndReport } from './drop/drop';
import { summaryOf } from './log-line';
import { HELP, type Options, parseOptions, UsageError } from './options';
import { outputOf, synthesize } from './synth';

const DEFAULT_PORT = 4566;

/** What shells report of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** stdout is for what was asked for; everything else goes here. */
const log = (line: string) => process.stderr.write(`${line}\n`);

/** A person gets a summary; a file or pipe gets the whole of each log event, to be searched. */
const logEvent = (line: string) => log(process.stderr.isTTY ? summaryOf(line) : line);

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const release = claimFolder(options.data);
  try {
    return await run(options);
  } finally {
    release();
  }
}

async function run(options: Options): Promise<number> {
  const { data, drop, json, out } = options;
  const functionLog: string[] = [];
  const cloud = await startLocalCloud({
    assembly: await assembliesOf(options),
    data,
    // Nobody else needs to know where a drop connects.
    port: options.port ?? (drop.length > 0 ? 0 : DEFAULT_PORT),
    log: line => {
      if (drop.length > 0) functionLog.push(line);
      else logEvent(line);
    },
  });
  const connection = connectionOf(cloud);
  const unpublish = publish(connection, data);
  try {
    if (json && drop.length === 0) console.log(JSON.stringify(connection));
    if (drop.length === 0) return await serve(cloud, connection, data);
    const print = json ? log : console.log;
    const results = json ? console.log : undefined;
    const dropped = dropAndReport({ paths: drop, out, cloud, connection, functionLog, print, json: results });
    return await Promise.race([dropped, interruption().then(() => INTERRUPTED)]);
  } finally {
    unpublish();
    await cloud.stop({ drain: false });
  }
}

/** The app's own assembly first: the others may need what it has. */
async function assembliesOf({ assembly, apps, data }: Options): Promise<string[]> {
  const own = assembly ?? join(data, 'cdk.out');
  if (assembly === undefined) await synthesize({ output: own, log });
  const others: string[] = [];
  for (const app of new Set(apps.map(folder => resolve(folder)))) {
    const output = outputOf(app, data);
    await synthesize({ app, output, log });
    others.push(output);
  }
  return [own, ...others];
}

/** Runs until Ctrl-C; a second one does not wait for what is under way. */
async function serve(cloud: LocalCloud, connection: Connection, data: string): Promise<number> {
  log(readyMessage(connection, data) + invocations(cloud));
  await interruption();
  log('Finishing what is under way. Ctrl-C again ends at once; what is left is kept for the next start.');
  await Promise.race([cloud.stop(), interruption()]);
  return 0;
}

function interruption(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function explain(error: NodeJS.ErrnoException & { readonly port?: number }): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port} is taken by another program. Choose another with --port N, or any free one with --port 0.`;
  }
  return error instanceof FolderInUseError ? `${error.message} Choose another with --data.` : error.message;
}

main().then(
  code => {
    process.exitCode = code;
  },
  error => {
    log(explain(error));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
