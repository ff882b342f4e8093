import { extname } from 'node:path';
import { cost, type Mix, usage } from '../../lib/cost/cost';
import type { Format } from '../../lib/cost/measured';
import { workFor } from '../../lib/cost/work';
import type { Deployed } from '../deployed';
import type { Announcements } from './bucket';

/** The sources whose thumbnails are to be made. */
export interface ToRender {
  readonly count: number;
  readonly bytes: number;
  readonly formats: Readonly<Partial<Record<Format, number>>>;
  /** Thumbnails of them that are not there; each other one is replaced. */
  readonly missing: number;
}

export interface Estimate {
  readonly dollars: number;
  /** With all functions running that may run at once. */
  readonly minutes: number;
}

const FORMAT_OF: Readonly<Record<string, Format>> = {
  '.heic': 'heic',
  '.heif': 'heic',
  '.png': 'png',
  '.webp': 'webp',
  '.avif': 'avif',
  '.gif': 'gif',
  '.svg': 'svg',
  '.arw': 'raw',
  '.cr2': 'raw',
  '.cr3': 'raw',
  '.dng': 'raw',
  '.nef': 'raw',
  '.orf': 'raw',
  '.raf': 'raw',
  '.rw2': 'raw',
};

/** What a source is taken for, by its name alone; most are JPEGs. */
export function formatOf(key: string): Format {
  return FORMAT_OF[extname(key).toLowerCase()] ?? 'jpeg';
}

/** What it costs and takes to make thumbnails, by lib/cost and the function that is deployed. */
export function estimateOf(
  { count, bytes, formats, missing }: ToRender,
  {
    deployed,
    announcements,
  }: { readonly deployed: Deployed; readonly announcements: Announcements | undefined },
): Estimate {
  if (count === 0) return { dollars: 0, minutes: 0 };
  const { settings } = deployed;
  const mix: Mix = Object.fromEntries(Object.entries(formats).map(([format, n]) => [format, n / count]));
  const work = {
    ...workFor({
      ...deployed,
      variants: settings.variants,
      extensions: settings.extensions,
      announces: announcements?.queue ?? true,
      eventBridge: announcements?.eventBridge ?? false,
    }),
    mix,
    meanMB: bytes / count / 1e6,
    replaced: Math.max(0, 1 - missing / (count * settings.variants.length)),
  };
  const used = usage(work);
  return {
    dollars: (cost(used, work).total * count) / 1e6,
    minutes: (used.billedMs * count) / deployed.maxConcurrency / 60_000,
  };
}
