import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { type DeadLetter, holdAll, release } from './dead-letters';
import { run } from './run';
import { findTarget, TARGET_HELP, TARGET_OPTIONS } from './target';

const HELP = `npm run failures -- [options]   what could not become a thumbnail, and why

  --json         a line of JSON a failure
${TARGET_HELP}`;

/** One source that failed, for one reason. */
export interface Failure {
  readonly key: string;
  readonly reason: string;
  readonly detail: string;
  /** When it last failed. */
  readonly when: Date;
  /** How often it did. */
  readonly times: number;
}

/** The failures behind the messages: one for each key and reason. */
export function failuresOf(letters: readonly DeadLetter[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const { key, reason, detail, when } of letters) {
    const id = JSON.stringify([key, reason]);
    failures.set(id, { key, reason, detail, when, times: (failures.get(id)?.times ?? 0) + 1 });
  }
  return [...failures.values()];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...TARGET_OPTIONS,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);

  const target = await findTarget(values);
  const letters = await holdAll(target);
  await release(target, letters);
  const failures = failuresOf(letters);
  if (values.json) for (const failure of failures) console.log(JSON.stringify(failure));
  else console.log(failures.length > 0 ? tableOf(failures) : 'No failures: every source has its thumbnails.');
}

/** Widths that fit a terminal of 140 columns; longer texts go on in the next line. */
const COLUMNS = { Key: 36, Reason: 18, Detail: 48, 'Last failed': 22, Times: 7 };

function tableOf(failures: readonly Failure[]): string {
  const table = new Table({
    head: Object.keys(COLUMNS),
    colWidths: Object.values(COLUMNS),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
  });
  for (const { key, reason, detail, when, times } of failures) {
    table.push([key, reason, detail, when.toISOString().replace(/\.\d+Z$/, 'Z'), times]);
  }
  const count = `${failures.length} ${failures.length === 1 ? 'source' : 'sources'} failed.`;
  return `${table}\n${count} Once mended: npm run redrive`;
}

if (require.main === module) run(main);
