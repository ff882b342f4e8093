import { Presets, SingleBar } from 'cli-progress';
import { variantsFor } from '../../lambda/thumbnail/model/watched';
import type { QueueCounts } from '../queues';
import type { Target } from '../target';
import { createCopier } from './copy';
import { filesOf } from './files';
import { type DropReport, jsonReport, type Skipped, textReport } from './report';
import { settle } from './settle';
import { isComplete, type Source } from './source';
import { upload } from './upload';
import { type Watch, whyNoThumbnail } from './watch';

export interface DropOptions {
  readonly paths: readonly string[];
  /** The folder that thumbnails are copied to. */
  readonly out: string;
  readonly target: Target;
  readonly watch: Watch;
  readonly verbose: boolean;
  /** Prints results as JSON on stdout, and what people read on stderr. */
  readonly json: boolean;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Drops files into the bucket as a user would, waits until nothing is left to do, and copies the thumbnails here. It is a
 * client of S3 and SQS like any other, whichever process the local cloud runs in.
 *
 * @returns 0 if every watched file has all its thumbnails, made from this drop; else 1
 */
export async function drop(options: DropOptions): Promise<number> {
  const { paths, out, watch, json, verbose } = options;
  const { sources, skipped } = sort(paths, watch);
  await makeThumbnails(sources, options);
  const report: DropReport = { sources, skipped, out };
  if (json) for (const line of jsonReport(report)) console.log(line);
  for (const line of textReport(report, verbose)) (json ? console.error : console.log)(line);
  const failed = skipped.some(({ fault }) => fault) || !sources.every(isComplete);
  return failed || sources.length === 0 ? 1 : 0;
}

/** Which of the files are sources, and why the others are not. */
function sort(
  paths: readonly string[],
  watch: Watch,
): { readonly sources: readonly Source[]; readonly skipped: readonly Skipped[] } {
  const { files, leftOut } = filesOf(paths);
  const sources: Source[] = [];
  const skipped: Skipped[] = [...leftOut];
  for (const file of files) {
    const why = whyNoThumbnail(file.key, watch);
    if (why) skipped.push({ path: file.path, why, fault: false });
    else sources.push({ ...file, variants: variantsFor(file.key, watch.variants), copies: new Map() });
  }
  return { sources, skipped };
}

async function makeThumbnails(
  sources: readonly Source[],
  { out, target, watch, verbose, signal }: DropOptions,
): Promise<void> {
  if (sources.length === 0) return;
  const progress = startProgress(sources, verbose);
  let uploading = true;
  const uploads = upload(sources, { target, signal }).finally(() => {
    uploading = false;
  });
  const settled = settle({
    sources,
    target,
    uploading: () => uploading,
    copyNew: createCopier({ sources, variants: watch.variants, target, out }),
    onLook: progress.update,
    signal,
  });
  await Promise.all([uploads, settled]).finally(progress.stop);
  signal.throwIfAborted();
}

/** A bar on stderr, if that is a terminal that nothing else is written to. */
function startProgress(sources: readonly Source[], verbose: boolean) {
  if (verbose) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      format: '{bar} {value} of {total} images, {waiting} waiting, {inFlight} in flight',
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  bar.start(sources.length, 0, { waiting: 0, inFlight: 0 });
  return {
    update: ({ visible: waiting, inFlight }: QueueCounts) =>
      bar.update(sources.filter(isComplete).length, { waiting, inFlight }),
    stop: () => bar.stop(),
  };
}
