import type { Variant } from '../../lambda/thumbnail/variant';
import { type Config, settingsOf } from './config';

/** A setting that does not go with the others. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** What would be right. */
  readonly message: string;
}

/** Lambda takes 4 KiB of environment in all; the rest of it is ours too. */
const MAX_SETTINGS_BYTES = 3_500;

/** What is wrong with settings that are each right by themselves. */
export function problemsOf(config: Config): Problem[] {
  return [...duplicates(config), ...announced(config), ...collisions(config.variants), ...tooMuch(config)];
}

function duplicates({ extensions }: Config): Problem[] {
  return extensions.flatMap((extension, i) =>
    extensions.indexOf(extension) < i ? [{ path: ['extensions', i], message: 'each extension once' }] : [],
  );
}

/** A suffix is there so that no filter matches it. */
function announced({ variants, extensions }: Config): Problem[] {
  return variants.flatMap(({ suffix }, i) =>
    extensions.includes(suffix.slice(1).toLowerCase())
      ? [{ path: ['variants', i, 'suffix'], message: 'an ending that is not among the extensions' }]
      : [],
  );
}

/**
 * Two variants must never give two sources, or one, the same thumbnail key. Those below different folders cannot, unless one
 * folder lies in the other; those in one folder cannot if neither's suffix ends in the other's, or if no source is for both.
 */
function collisions(variants: readonly Variant[]): Problem[] {
  return variants.flatMap((variant, i) =>
    variants.slice(0, i).flatMap((earlier, j): Problem[] => {
      if (variant.prefix === earlier.prefix) {
        if (differ(variant.suffix, earlier.suffix, 'endsWith') || sourcesDiffer(variant, earlier)) return [];
        const message = `a prefix, a suffix or sources (from) that set it apart from variants[${j}]`;
        return [{ path: ['variants', i], message }];
      }
      if (differ(variant.prefix, earlier.prefix, 'startsWith')) return [];
      return [
        { path: ['variants', i, 'prefix'], message: `a folder neither in nor around "${earlier.prefix}"` },
      ];
    }),
  );
}

function sourcesDiffer({ from = [''] }: Variant, { from: others = [''] }: Variant): boolean {
  return from.every(one => others.every(other => differ(one, other, 'startsWith')));
}

/** Whether neither of two texts starts (or ends) with the other. */
function differ(a: string, b: string, how: 'startsWith' | 'endsWith'): boolean {
  return !a[how](b) && !b[how](a);
}

function tooMuch(config: Config): Problem[] {
  const { limits, timeoutSeconds } = config;
  const bytes = Buffer.byteLength(JSON.stringify(settingsOf(config)));
  const environment = `variants of fewer words (Lambda takes ${MAX_SETTINGS_BYTES} bytes of settings; these are ${bytes})`;
  return [
    ...(bytes > MAX_SETTINGS_BYTES ? [{ path: ['variants'], message: environment }] : []),
    ...(limits.seconds > timeoutSeconds
      ? [{ path: ['limits', 'seconds'], message: `no more than timeoutSeconds (${timeoutSeconds})` }]
      : []),
  ];
}
