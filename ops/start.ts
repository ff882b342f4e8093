/** `npm start`: runs the app on this machine, or drops files into the app that runs here. */
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { recipeOf } from '../lambda/thumbnail/model/recipe';
import { type LocalCloud, startLocalCloud } from '../local/cloud';
import { claimFolder, FolderInUse } from '../local/lock';
import type { Log } from '../local/signal';
import { connectionOf, type Published, publish, publishedIn, publishedOf, unpublish } from './connection';
import { deployedIn } from './deployed';
import { drop } from './drop/drop';
import { bucketNameOf, checkFolder, existingBucketIn } from './existing-bucket';
import { summaryOf } from './log-line';
import { HELP, type Options, parseOptions } from './options';
import { readyMessage } from './ready-message';
import { noteRecipe } from './recipes';
import { run, untilInterrupted } from './run';
import { outputOf, synthesize } from './synth';
import { targetOf } from './target';
import { UsageError } from './usage-error';

const DEFAULT_PORT = 4566;
/** Time between two tries to get a data folder, in ms. */
const PAUSE = 200;

/** stdout is for what was asked for; everything else goes here. */
const log: Log = line => process.stderr.write(`${line}\n`);

/** A person gets a summary; a file or pipe gets the whole of each log event, to be searched. */
const logEvent: Log = line => {
  const shown = process.stderr.isTTY ? summaryOf(line) : line;
  if (shown !== undefined) log(shown);
};

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(HELP);
  if (options.bucket !== undefined) checkFolder(options.bucket, options.data);
  if (options.drop.length > 0) await runDrop(options);
  else await serve(options);
}

/** Runs until Ctrl-C; a second one does not wait for what is under way. */
async function serve(options: Options): Promise<void> {
  const { data, port = DEFAULT_PORT, json } = options;
  const release = claimFolder(data);
  const settings = { port, log: logEvent };
  await withCloud(options, settings, async cloud => {
    const connection = connectionOf(cloud);
    const published = publishedOf(cloud);
    publish(published, data);
    if (json) console.log(JSON.stringify(connection));
    log(readyMessage(cloud, published, { data, folder: options.bucket }));
    await interruption();
    unpublish(data);
    log('Finishing what is under way. Ctrl-C again ends at once; what is left is kept for the next start.');
    await Promise.race([cloud.stop(), interruption()]);
  }).finally(release);
}

function interruption(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

/** Drops into the local cloud that runs on the data folder; where none does, into one that ends with the drop. */
async function runDrop(options: Options): Promise<void> {
  const found = await claimOrConnect(options.data);
  if ('connection' in found) {
    refuseToStart(options);
    await dropInto(found.connection, options);
    return;
  }
  // Nobody else needs to know where it is, so any free port will do.
  const settings = { port: options.port ?? 0, log: options.verbose ? logEvent : () => {} };
  await withCloud(options, settings, async cloud => {
    await dropInto(publishedOf(cloud), options);
  }).finally(found.release);
}

/**
 * Waits while a process has the data folder and has published no connection: a local cloud that starts or ends, or the
 * own one of another drop.
 */
async function claimOrConnect(
  data: string,
): Promise<{ readonly release: () => void } | { readonly connection: Published }> {
  for (let waiting = false; ; waiting = true) {
    try {
      return { release: claimFolder(data) };
    } catch (error) {
      if (!(error instanceof FolderInUse)) throw error;
    }
    const connection = publishedIn(data);
    if (connection) return { connection };
    if (!waiting)
      log(`Another \`npm start\` has ${data} and is not ready, or drops files itself: waiting for it …`);
    await setTimeout(PAUSE);
  }
}

function refuseToStart({ data, port, bucket, assembly, apps }: Options): void {
  if ([port, bucket, assembly].every(one => one === undefined) && apps.length === 0) return;
  throw new UsageError(
    `Expected no --port, --bucket, --app and --assembly, as a local cloud runs on ${data} already. Another one: --data DIR.`,
  );
}

async function dropInto(connection: Published, { drop: paths, out, verbose, json }: Options): Promise<void> {
  const { watch } = connection;
  if (!watch) throw new Error('Expected a function that makes thumbnails in the template but received none.');
  const target = targetOf(connection);
  const signal = untilInterrupted();
  process.exitCode = await drop({ paths, out, target, watch, verbose, json, signal });
  target.s3.destroy();
  target.sqs.destroy();
}

/** Runs the local cloud on a data folder that is claimed for it, as long as `use` takes. */
async function withCloud(
  options: Options,
  settings: { readonly port: number; readonly log: Log },
  use: (cloud: LocalCloud) => Promise<void>,
): Promise<void> {
  const { data } = options;
  // A cloud that was killed may have left it.
  unpublish(data);
  const assembly = await assembliesOf(options);
  const existingBuckets = existingBucketsOf(assembly[0], options.bucket);
  const changed = Date.now();
  const cloud = await startLocalCloud({ assembly, data, existingBuckets, ...settings });
  try {
    const deployed = deployedIn(cloud.resources);
    if (deployed) noteRecipe({ recipe: recipeOf(deployed.settings), changed }, data);
    await use(cloud);
  } finally {
    unpublish(data);
    await cloud.stop({ drain: false });
  }
}

/** The app's own assembly first: the others may need what it has. */
async function assembliesOf({
  assembly,
  apps,
  data,
  bucket,
}: Options): Promise<readonly [string, ...string[]]> {
  const own = assembly ?? join(data, 'cdk.out');
  const settings = bucket === undefined ? {} : { bucketName: bucketNameOf(bucket) };
  if (assembly === undefined) await synthesize({ output: own, settings, log });
  const others: string[] = [];
  for (const app of new Set(apps.map(folder => resolve(folder)))) {
    const output = outputOf(app, data);
    await synthesize({ app, output, log });
    others.push(output);
  }
  return [own, ...others];
}

/** The bucket that the app uses and does not make, if there is one: empty at first, unless a folder stands for it. */
function existingBucketsOf(
  assembly: string,
  folder: string | undefined,
): Readonly<Record<string, { readonly folder?: string }>> {
  const name = existingBucketIn(assembly);
  if (name !== undefined) return { [name]: folder === undefined ? {} : { folder: resolve(folder) } };
  if (folder === undefined) return {};
  throw new UsageError(
    `Expected an app with the setting bucketName for --bucket but ${assembly} makes a bucket.`,
  );
}

run(main);
