import { parseArgs } from 'node:util';
import type { DeadLetter } from './dead-letters';
import { lookFor } from './existing';
import { tableOf } from './failures-table';
import {
  countsByReason,
  FILTER_HELP,
  FILTER_OPTIONS,
  type Filter,
  isFilter,
  passes,
  whatThereIs,
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

/** One source that failed for one reason, or one message that is no S3 event. */
export interface Failure {
  /** Undefined for a message that names no source. */
  readonly key?: string;
  readonly reason: string;
  readonly detail: string;
  /** When it last failed. */
  readonly when: Date;
  /** How often it did. */
  readonly times: number;
  /** Of a message that names no source: its id in SQS, and the beginning of its body. */
  readonly messageId?: string;
  readonly body?: string;
}

/** Characters of a body that are shown. */
const BODY_SHOWN = 200;

/** The failures behind the messages, which are given oldest first: one for each key and reason. */
function failuresOf(letters: readonly DeadLetter[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const { keys, reason, detail, when, message } of letters) {
    const { MessageId: messageId = '', Body = '' } = message;
    if (keys.length === 0) {
      failures.set(messageId, { messageId, body: Body.slice(0, BODY_SHOWN), reason, detail, when, times: 1 });
    }
    for (const key of keys) {
      const id = JSON.stringify([key, reason]);
      failures.set(id, { key, reason, detail, when, times: (failures.get(id)?.times ?? 0) + 1 });
    }
  }
  return [...failures.values()].sort((a, b) => +a.when - +b.when);
}

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
  // It was a look only. What cannot be given back at once comes back by itself.
  const stillHeld = await hold.release();
  signal.throwIfAborted();

  // Notes go where they do not disturb a program that reads the failures.
  const note = values.json ? console.error : console.log;
  const state = await stateOf(target, hold);
  for (const line of stateLines(state)) note(line);
  for (const line of limits(hold, stillHeld.length)) note(line);
  await list({ target, letters: hold.letters, filter: values, json: values.json, note, state, signal });
}

async function list(options: {
  readonly target: Target;
  readonly letters: readonly DeadLetter[];
  readonly filter: Filter;
  readonly json: boolean;
  readonly note: (line: string) => void;
  readonly state: State;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { target, letters, filter, json, note, state, signal } = options;
  const chosen = letters.filter(letter => passes(letter, filter));
  if (isFilter(filter) && chosen.length === 0) {
    console.error(whatThereIs(letters));
    process.exitCode = 1;
    return;
  }
  // One message may name several sources.
  const all = failuresOf(chosen).filter(({ key, reason }) =>
    passes({ keys: key === undefined ? [] : [key], reason }, filter),
  );
  const looked = await lookFor(
    all.flatMap(({ key }) => key ?? []),
    target,
    signal,
  );
  signal.throwIfAborted();
  const failures = all.filter(({ key }) => key === undefined || !looked.gone.has(key));

  if (json) for (const failure of failures) console.log(jsonLine(failure));
  else if (failures.length > 0) console.log(report(failures));
  else if (all.length === 0) note(emptyLine(state));
  if (looked.gone.size > 0)
    note(`${looked.gone.size} more failed and were deleted since; \`npm run redrive\` clears them away.`);
  if (looked.unknown > 0)
    note(`${looked.unknown} are listed without knowing whether they are still there (${looked.why}).`);
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

/** What kept the command from doing all that it should. */
function limits({ atLimit }: Hold, stillHeld: number): string[] {
  return [
    ...(atLimit
      ? ['SQS hands out no more than 120,000 messages at a time: there are more failures than are listed.']
      : []),
    ...(stillHeld > 0
      ? [
          `${stillHeld} messages could not be given back at once; they come back by themselves within five minutes.`,
        ]
      : []),
  ];
}

if (require.main === module) run(main);
