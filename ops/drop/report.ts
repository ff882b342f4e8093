import { jsonLine, visible } from '../visible';
import { type Copy, isComplete, type Source, thumbnailsOf } from './source';

/** With more lines than this of one kind, nobody reads them. */
const MAX_LINES = 20;

/** A file that is not dropped. */
export interface Skipped {
  readonly path: string;
  /** `is a named pipe` */
  readonly why: string;
  /** Whether that is a failure: it may be an image, but cannot be read. */
  readonly fault: boolean;
}

/** What `--json` says of a file: one line for each thumbnail that it has, and one if it lacks any. */
type DropResult =
  | {
      readonly outcome: 'created';
      readonly path: string;
      readonly key: string;
      /** Where the thumbnail was copied to. */
      readonly thumbnail: string;
      readonly width: number;
      readonly height: number;
      readonly bytes: number;
      /** From the upload to the thumbnail's writing. */
      readonly ms: number;
    }
  | { readonly outcome: 'failed'; readonly path: string; readonly key: string; readonly why: string }
  | { readonly outcome: 'skipped'; readonly path: string; readonly why: string };

export interface DropReport {
  readonly sources: readonly Source[];
  readonly skipped: readonly Skipped[];
  readonly out: string;
}

/** What a program reads: a line of JSON for each result. */
export function jsonReport({ sources, skipped }: DropReport): string[] {
  const left = skipped.map(({ path, why }): DropResult => ({ outcome: 'skipped', path, why: `It ${why}.` }));
  return [...left, ...sources.flatMap(resultsOf)].map(jsonLine);
}

/**
 * What people read: every failure, and the rest as long as it is not too much to read.
 *
 * @param verbose all of it, however much it is
 */
export function textReport({ sources, skipped, out }: DropReport, verbose: boolean): string[] {
  const made = sources.flatMap(createdLines);
  const isShort = (lines: readonly unknown[]) => verbose || lines.length <= MAX_LINES;
  const complete = sources.filter(isComplete).length;
  const summary = `${complete} of ${sources.length} images have their thumbnails, in ${out}.`;
  return [
    ...(isShort(skipped) ? skipped.map(skippedLine) : skippedSummary(skipped)),
    ...(isShort(made) ? made : []),
    ...sources.filter(source => !isComplete(source)).map(failedLine),
    sources.length === 0 ? 'None of the files is one that the bucket watches.' : summary,
    ...(isShort(made) && isShort(skipped) ? [] : ['(--verbose lists them.)']),
  ].map(visible);
}

function resultsOf(source: Source): DropResult[] {
  const { path, key } = source;
  const created = copiesOf(source).map(
    ({ path: thumbnail, ...rest }): DropResult => ({ outcome: 'created', path, key, thumbnail, ...rest }),
  );
  return isComplete(source) ? created : [...created, { outcome: 'failed', path, key, why: whyOf(source) }];
}

function createdLines(source: Source): string[] {
  return copiesOf(source).map(
    ({ path, width, height, bytes, ms }) => `${path}  ${width} × ${height} px  ${bytes} bytes  ${ms} ms`,
  );
}

function failedLine(source: Source): string {
  const { path, copies } = source;
  const absent = thumbnailsOf(source).filter(({ key }) => !copies.has(key));
  // Which of them, where others are there.
  const where = copies.size > 0 ? ` under ${absent.map(({ variant }) => variant.prefix).join(', ')}` : '';
  return `${path}: no thumbnail${where}. ${whyOf(source)}`;
}

function skippedLine({ path, why }: Skipped): string {
  return `${path}: skipped, it ${why}.`;
}

/** How many for each reason; those that should have been dropped one by one. */
function skippedSummary(skipped: readonly Skipped[]): string[] {
  const counts = new Map<string, number>();
  for (const { why, fault } of skipped) if (!fault) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [
    ...[...counts].map(([why, count]) => `${count} files skipped: each ${why}.`),
    ...skipped.filter(({ fault }) => fault).map(skippedLine),
  ];
}

/** In the order of the variants, not of their appearance. */
function copiesOf(source: Source): Copy[] {
  return thumbnailsOf(source).flatMap(({ key }) => source.copies.get(key) ?? []);
}

function whyOf({ failure }: Source): string {
  return failure ?? 'Nothing more is under way, and no reason is known: see the function’s log.';
}
