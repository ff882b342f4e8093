import type { DeadLetter } from './dead-letters';
import { visible } from './visible';

/** Selects failures; all of its conditions must hold. */
export interface Filter {
  readonly key?: string | undefined;
  readonly prefix?: string | undefined;
  readonly reason?: string | undefined;
}

/** The options that make a {@link Filter}, for `util.parseArgs`. */
export const FILTER_OPTIONS = {
  key: { type: 'string' },
  prefix: { type: 'string' },
  reason: { type: 'string' },
} as const;

export const FILTER_HELP = `  --key KEY      only this source
  --prefix TEXT  only sources whose key begins so
  --reason TEXT  only those with this reason, as \`npm run failures\` names it`;

/** Whether anything is filtered at all. */
export function isFilter({ key, prefix, reason }: Filter): boolean {
  return key !== undefined || prefix !== undefined || reason !== undefined;
}

/** Whether a message matches; the filter's key may be as it is or as it is shown ({@link visible}). */
export function passes({ keys, reason }: Pick<DeadLetter, 'keys' | 'reason'>, filter: Filter): boolean {
  const some = (test: (text: string) => boolean) => keys.some(key => test(key) || test(visible(key)));
  return (
    (filter.reason === undefined || filter.reason === reason) &&
    (filter.key === undefined || some(text => text === filter.key)) &&
    (filter.prefix === undefined || some(text => text.startsWith(filter.prefix as string)))
  );
}

const KEYS_SHOWN = 10;

/** Says that nothing matches a filter, and lists the reasons and sources that there are. */
export function nothingMatches(deadLetters: readonly DeadLetter[]): string {
  if (deadLetters.length === 0) return 'Nothing matches: there are no failures to choose from.';
  const keys = [...new Set(deadLetters.flatMap(deadLetter => deadLetter.keys))].sort();
  const more = keys.length > KEYS_SHOWN ? [`  … and ${keys.length - KEYS_SHOWN} more`] : [];
  return [
    'Nothing matches. There are these reasons:',
    ...countsByReason(deadLetters),
    ...(keys.length > 0 ? ['and these sources:'] : []),
    ...keys.slice(0, KEYS_SHOWN).map(key => `  ${visible(key)}`),
    ...more,
  ].join('\n');
}

/** A line for each reason, the most frequent first. */
export function countsByReason(failures: readonly { readonly reason: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of failures) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `  ${count} × ${visible(reason)}`);
}
