import { parseArgs } from 'node:util';
import { confirmed } from './confirmed';
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
import { moveAll, runningMove } from './move-task';
import { countsOf } from './queues';
import { run, untilInterrupted } from './run';
import { sendBack } from './send-back';
import { stateLines, stateOf } from './state';
import { findTarget, TARGET_HELP, TARGET_OPTIONS, type Target } from './target';
import { jsonLine, visible } from './visible';

const HELP = `npm run redrive -- [options]   sends failures back to be tried again

${FILTER_HELP}
  --yes          without asking
  --json         what was done, as one line of JSON on stdout
${TARGET_HELP}`;

const QUESTION = 'Send them back?';

/** What a redrive did, in numbers of messages; `--json` prints it. */
interface Redriven {
  readonly sent: number;
  /** Still in the dead-letter queue only. */
  readonly notSent: number;
  /** Sent, and still in the dead-letter queue as well. */
  readonly notDeleted: number;
}

interface Run {
  readonly target: Target;
  readonly filter: Filter;
  readonly yes: boolean;
  readonly signal: AbortSignal;
  /** Prints a line for people: on stderr with `--json`. */
  readonly say: (line: string) => void;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...TARGET_OPTIONS,
      ...FILTER_OPTIONS,
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);

  const signal = untilInterrupted();
  const say = values.json ? console.error : console.log;
  const target = await findTarget(values);
  const options: Run = { target, filter: values, yes: values.yes, signal, say };
  const moves = target.onAws && !isFilter(values);
  const redriven = moves ? await byMoveTask(options) : await byBatches(options);
  if (values.json) console.log(jsonLine(redriven));
  if (redriven.notSent + redriven.notDeleted > 0) process.exitCode ||= 1;
}

/** Chooses among the messages, and copies the chosen to the main queue. */
async function byBatches({ target, filter, yes, signal, say }: Run): Promise<Redriven> {
  const hold = await holdAll(target, { signal });
  try {
    signal.throwIfAborted();
    const chosen = hold.deadLetters.filter(deadLetter => passes(deadLetter, filter));
    if (hold.atLimit)
      say('SQS hands out no more than 120,000 messages at a time: run this again for the rest.');
    say(`${chosen.length} of ${hold.deadLetters.length} failures chosen.`);
    for (const line of countsByReason(chosen)) say(line);
    if (chosen.length === 0) {
      if (isFilter(filter)) fail(nothingMatches(hold.deadLetters));
      else for (const line of stateLines(await stateOf(target, hold))) say(line);
      return { sent: 0, notSent: 0, notDeleted: 0 };
    }
    await release(
      hold,
      hold.deadLetters.filter(deadLetter => !chosen.includes(deadLetter)),
    );
    if (!yes && !(await confirmed(QUESTION, signal))) return { sent: 0, notSent: 0, notDeleted: 0 };
    const { sent, unsent, undeleted } = await sendBack(target, hold, { deadLetters: chosen, signal });
    say(`${sent.length} sent back. What fails again will be among the failures again.`);
    for (const { why } of unsent.slice(0, 1))
      fail(`${unsent.length} could not be sent and stay: ${visible(why)}`);
    for (const { why } of undeleted.slice(0, 1))
      fail(
        `${undeleted.length} were sent and stay in the dead-letter queue too, which does no harm: ${visible(why)}`,
      );
    return { sent: sent.length, notSent: chosen.length - sent.length, notDeleted: undeleted.length };
  } finally {
    await release(hold);
  }
}

async function release(hold: Hold, deadLetters?: Hold['deadLetters']): Promise<void> {
  const stillHeld = await hold.release(deadLetters);
  if (stillHeld.length > 0)
    console.error(
      `${stillHeld.length} messages could not be released at once; they become visible again within five minutes.`,
    );
}

/** Has SQS move all messages: none passes through this process, so their number does not matter, nor its end. */
async function byMoveTask({ target, yes, signal, say }: Run): Promise<Redriven> {
  const { visible: waiting, inFlight } = await countsOf(target.sqs, target.deadLetterQueueUrl);
  const running = await runningMove(target);
  if (running) say(`SQS is moving failures already: ${running.moved} so far.`);
  else {
    say(
      `About ${waiting} failures in the dead-letter queue${inFlight > 0 ? `, and ${inFlight} held by another reader, which stay` : ''}.`,
    );
    if (waiting === 0 || !(yes || (await confirmed(QUESTION, signal))))
      return { sent: 0, notSent: 0, notDeleted: 0 };
  }
  signal.addEventListener('abort', () => say('SQS goes on with it; run this again to see how far it is.'));
  const {
    status,
    moved,
    toMove = moved,
    why,
  } = await moveAll(target, {
    signal,
    watch: move => say(`${move.moved} of about ${move.toMove ?? waiting} sent back …`),
  });
  if (status === 'COMPLETED') {
    say(`${moved} sent back. What fails again will be among the failures again.`);
    return { sent: moved, notSent: 0, notDeleted: 0 };
  }
  fail(
    `SQS ended it before it was done (${status}${why ? `: ${visible(why)}` : ''}): ${moved} sent back. Run it again for the rest.`,
  );
  return { sent: moved, notSent: Math.max(1, toMove - moved), notDeleted: 0 };
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode ||= 1;
}

run(main);
