import { parseArgs } from 'node:util';
import { TARGET_HELP, TARGET_OPTIONS } from '../target';
import { UsageError } from '../usage-error';

export const HELP = `npm run backfill -- [options]   makes the thumbnails that a bucket lacks

It lists sources and thumbnails, tells what is missing, stale or left over and what it will cost, asks, sends the
difference to the queue, and waits until it is done. Killed or interrupted, the same command goes on.

  --dry-run      only lists and tells
  --yes          without asking
  --no-wait      ends when all is sent
  --prefix TEXT  only sources whose key begins so
  --older-than DATE
                 thumbnails from before this time (2026-11-25 or 2026-11-25T08:00:00Z, UTC) are stale too; none: only
                 those that are older than their source (default: when the recipe of the variant changed last)
  --remove       removes thumbnails that no event removes: those of removed variants, and of sources that a
                 variant's \`from\` and \`except\` leave out
  --json         what was found and done, as one line of JSON on stdout
${TARGET_HELP}

Exit code 0 only if nothing is left to do, or if that was not asked for (--dry-run, --no-wait).`;

export interface Options {
  readonly stack: string | undefined;
  readonly local: boolean;
  readonly data: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  readonly prefix: string;
  /** In ms since 1970; undefined: when the recipe changed. */
  readonly olderThan: number | 'none' | undefined;
  readonly remove: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError in a sentence */
export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  return {
    ...values,
    stack: values.stack,
    dryRun: values['dry-run'],
    wait: !values['no-wait'],
    olderThan: values['older-than'] === undefined ? undefined : timeOf(values['older-than']),
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...TARGET_OPTIONS,
        'dry-run': flag,
        yes: flag,
        'no-wait': flag,
        prefix: { type: 'string', default: '' },
        'older-than': { type: 'string' },
        remove: flag,
        json: flag,
        help: flag,
      },
    }).values;
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ');
    throw new UsageError(`${sentence}. See \`npm run backfill -- --help\`.`, { cause });
  }
}

/** A date, or one with a time of UTC unless it names another zone. */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

function timeOf(text: string): number | 'none' {
  if (text === 'none') return text;
  const hasZone = !text.includes('T') || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time =
    DATE.test(text) && isDay(text.slice(0, 10)) ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(
      `Expected a date such as 2026-11-25 or 2026-11-25T08:00:00Z, or none, for --older-than but received ${text || 'nothing'}.`,
    );
  if (time > Date.now())
    throw new UsageError(
      `Expected a time that is past for --older-than but received ${text}: thumbnails made now would be older.`,
    );
  return time;
}

/** Whether there is such a day: JavaScript takes the 31st of February for the 3rd of March. */
function isDay(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
