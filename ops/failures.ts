import { parseArgs } from 'node:util';
import type { DeadLetter } from './dead-letters';
import { findDeleted } from './deleted';
import { type Failure, failuresOf } from './failure';
import { tableOf } from './failures-table';
import {
  countsByReason,
  FILTER_HELP,
  FILTER_OPTIONS,
  type Filter,
  isFilter,
  nothingMatches,
  passes,
} from './filter';
import { type Hold, holdAll } from './hold';
import { run, untilInterrupted } from './run';
import { emptyLine, type State, stateLines, stateOf } from './state';
import { findTarget, TARGET_HELP, TARGET_OPTIONS, type Target } from './target';
import { jsonLine } from './visible';

const HELP = `npm run failures -- [options]   what could not become a thumbnail, and why

${FILTER_HELP}
  --json         a line of JSON a failure
${TARGET_HELP}

A source that was deleted since is not listed.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...TARGET_OPTIONS,
      ...FILTER_OPTIONS,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);

  const signal = untilInterrupted();
  const target = await findTarget(values);
  const hold = await holdAll(target, { signal });
  const stillHeld = await hold.release();
  signal.throwIfAborted();

  // Notes go where they do not disturb a program that reads the failures.
  const note = values.json ? console.error : console.log;
  const state = await stateOf(target, hold);
  for (const line of stateLines(state)) note(line);
  for (const line of caveats(hold, stillHeld.length)) note(line);
  await list({
    target,
    deadLetters: hold.deadLetters,
    filter: values,
    json: values.json,
    note,
    state,
    signal,
  });
}

async function list(options: {
  readonly target: Target;
  readonly deadLetters: readonly DeadLetter[];
  readonly filter: Filter;
  readonly json: boolean;
  readonly note: (line: string) => void;
  readonly state: State;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { target, deadLetters, filter, json, note, state, signal } = options;
  const chosen = deadLetters.filter(deadLetter => passes(deadLetter, filter));
  if (isFilter(filter) && chosen.length === 0) {
    console.error(nothingMatches(deadLetters));
    process.exitCode = 1;
    return;
  }
  // One message may name several sources.
  const all = failuresOf(chosen).filter(({ key, reason }) =>
    passes({ keys: key === undefined ? [] : [key], reason }, filter),
  );
  const deleted = await findDeleted(
    all.flatMap(({ key }) => key ?? []),
    target,
    signal,
  );
  signal.throwIfAborted();
  const failures = all.filter(({ key }) => key === undefined || !deleted.keys.has(key));

  if (json) for (const failure of failures) console.log(jsonLine(failure));
  else if (failures.length > 0) console.log(report(failures));
  else if (all.length === 0) note(emptyLine(state));
  if (deleted.keys.size > 0)
    note(`${deleted.keys.size} more failed and were deleted since; \`npm run redrive\` clears them away.`);
  if (deleted.unknown > 0)
    note(`${deleted.unknown} are listed without knowing whether they are still there (${deleted.why}).`);
}

function report(failures: readonly Failure[]): string {
  const count = failures.length === 1 ? '1 failure' : `${failures.length} failures`;
  return [
    '',
    `${count}:`,
    ...countsByReason(failures),
    '',
    tableOf(failures, process.stdout.columns),
    '',
    'Once mended: npm run redrive',
  ].join('\n');
}

/** Says where the list may be incomplete, or others cannot see messages for a while. */
function caveats({ atLimit }: Hold, stillHeld: number): string[] {
  return [
    ...(atLimit
      ? ['SQS hands out no more than 120,000 messages at a time: there are more failures than are listed.']
      : []),
    ...(stillHeld > 0
      ? [
          `${stillHeld} messages could not be released at once; they become visible again within five minutes.`,
        ]
      : []),
  ];
}

run(main);
