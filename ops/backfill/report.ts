import type { Deployed } from '../deployed';
import type { Place } from '../recipes';
import { seconds } from '../state';
import { alignedLines } from '../table';
import { visible } from '../visible';
import type { Announcements } from './bucket';
import type { Estimate } from './estimate';
import { type Found, total } from './found';

/** What a dry run tells. */
export interface DryRun {
  readonly bucket: string;
  readonly found: Found;
  readonly estimate: Estimate;
  readonly deployed: Pick<Deployed, 'maxConcurrency'>;
  readonly announcements: Announcements | undefined;
  readonly removed: readonly Place[];
  /** Up to when thumbnails are stale whatever their source is. */
  readonly ages: readonly Age[];
  /** Messages in the queue before. */
  readonly underWay: number;
  /** Whether what no event removes is to be removed. */
  readonly remove: boolean;
}

/** Since when thumbnails of a variant are not stale: since its recipe changed, or as it was asked for. */
export interface Age {
  readonly place: Place;
  /** In ms since 1970. */
  readonly since: number;
  readonly isAsked: boolean;
}

/** What people read before they are asked. */
export function dryRunLines(dryRun: DryRun): string[] {
  const { bucket, found, removed } = dryRun;
  const others =
    found.others === 0
      ? ''
      : `, and ${counted(found.others, 'object')} that are none (not watched, or for no variant)`;
  return [
    `Bucket ${bucket}: ${counted(found.sources, 'source')}${others}.`,
    ...(found.leftovers > 0
      ? [
          `${counted(found.leftovers, 'object')} where thumbnails of removed variants lie (${removed.map(nameOf).join(', ')}): taken for no sources.`,
        ]
      : []),
    ...(isWrong(found) ? ['', ...tableLines(found), ''] : []),
    ...remarks(dryRun),
  ].map(visible);
}

/** What is wrong, a line for each variant. */
export function tableLines({ variants }: Found): string[] {
  const rows = variants.map(variant => [
    nameOf(variant),
    ...[variant.missing, variant.stale, variant.orphans, variant.unwanted, variant.failing].map(whole),
  ]);
  const head = ['Thumbnails', 'missing', 'stale', 'orphans', 'unwanted', 'left out'];
  return alignedLines([head, ...rows], { numbersFrom: 1 });
}

function isWrong(found: Found): boolean {
  return (['missing', 'stale', 'orphans', 'unwanted', 'failing'] as const).some(
    name => total(found, name) > 0,
  );
}

function remarks(dryRun: DryRun): string[] {
  const { found, estimate, deployed, announcements, ages, underWay, remove } = dryRun;
  const lines: string[] = [];
  if (total(found, 'stale') > 0)
    for (const { place, since, isAsked } of ages)
      lines.push(
        `Stale of ${nameOf(place)} are also those from before ${seconds(new Date(since))}${isAsked ? '' : ', when its recipe changed'}.`,
      );
  if (found.failing > 0)
    lines.push(
      `Left out: ${counted(found.failing, 'source')} among the failures (npm run failures tells why; once mended: npm run redrive).`,
    );
  const unkept = total(found, 'unwanted') + found.leftovers;
  if (unkept > 0)
    lines.push(
      remove
        ? `${counted(unkept, 'object')} that no variant wants any more will be removed, if they are thumbnails.`
        : `${counted(unkept, 'object')} that no variant wants any more; --remove removes those that are thumbnails.`,
    );
  if (underWay > 0)
    lines.push(
      `${counted(underWay, 'message')} under way already: what they bring is counted as if it never came.`,
    );
  if (announcements && !announcements.queue && !announcements.eventBridge)
    lines.push(
      'Warning: the bucket tells nobody of new objects, so it needs this command for each. Turn EventBridge on for it: docs/existing-bucket.md.',
    );
  lines.push(
    found.messages === 0
      ? 'Nothing to make anew.'
      : `${counted(found.messages, 'source')} to look at again: about $${dollars(estimate.dollars)}, and ${minutes(estimate.minutes)} or longer ` +
          `with ${whole(deployed.maxConcurrency)} functions at once.`,
  );
  return lines;
}

/** `miniaturas/….webp` */
export function nameOf({ prefix, suffix }: Place): string {
  return `${prefix}…${suffix}`;
}

/** `1 source`, `2 sources` */
export function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? '' : 's'}`;
}

export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function dollars(amount: number): string {
  return amount > 0 && amount < 0.01 ? '0.01' : amount.toFixed(2);
}

function minutes(count: number): string {
  if (count < 90) return `${whole(Math.max(1, count))} ${count < 1.5 ? 'minute' : 'minutes'}`;
  return `${Number((count / 60).toPrecision(2))} hours`;
}
