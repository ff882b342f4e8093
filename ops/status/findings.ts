import type { AwsFacts, Count, Facts } from './facts';

/** Something that is not as it should be. */
export interface Finding {
  /** What, and of what cause, in a sentence or two. */
  readonly sentence: string;
  /** The entry of docs/runbook.md that says what to do. */
  readonly entry: string;
}

/** A message this old has been waiting, or has failed twice; see lib/alarms.ts. */
const OLD_SECONDS = 15 * 60;

/** What is not well, the cause before what follows from it; empty where all is. */
export function findingsOf(facts: Facts): Finding[] {
  const { aws, queue, failures } = facts;
  return [
    ...(aws ? [...brake(aws, facts), ...errors(aws), ...throttles(aws)] : []),
    ...old(queue),
    ...kept(failures),
    ...(aws ? raised(aws) : []),
  ];
}

function brake({ takesMessages }: AwsFacts, { queue }: Facts): Finding[] {
  if (takesMessages) return [];
  const { waiting } = queue;
  return [
    {
      sentence: `The brake is on: the function gets no images, and ${messagesWait(waiting)}. To go on: npm run brake -- --release`,
      entry: 'the-brake-is-on',
    },
  ];
}

function errors({ function: { errors: failed, invocations }, log }: AwsFacts): Finding[] {
  const faults = log.errors.reduce((sum, { count }) => sum + count, 0);
  if (failed === 0 && faults === 0) return [];
  const how =
    failed > 0
      ? `${failed} of ${invocations} invocations ended in an error`
      : `${faults} tries ended in an error`;
  const [first] = log.errors;
  const text = first ? `, most often: ${first.what}` : ', and its log says nothing of it';
  return [{ sentence: `The function fails: in the last hour ${how}${text}`, entry: 'the-function-fails' }];
}

function throttles({ function: { throttles: refused } }: AwsFacts): Finding[] {
  if (refused === 0) return [];
  return [
    {
      sentence: `Lambda refused to run the function ${refused} times in the last hour: the account runs as many as it may.`,
      entry: 'lambda-holds-the-function-back',
    },
  ];
}

function old({ waiting, oldestSeconds = 0, waitingBefore }: Facts['queue']): Finding[] {
  if (waiting === 0 || oldestSeconds <= OLD_SECONDS) return [];
  const before = waitingBefore === undefined ? '' : `, ${waitingBefore} an hour ago`;
  const trend =
    waitingBefore !== undefined && waiting > waitingBefore ? 'The queue grows' : 'The queue is behind';
  return [
    {
      sentence: `${trend}: ${messagesWait(waiting)}${before}, the oldest for ${Math.round(oldestSeconds / 60)} minutes.`,
      entry: 'messages-wait-too-long',
    },
  ];
}

function kept({ count, reasons, read }: Facts['failures']): Finding[] {
  if (count === 0) return [];
  const of = read < count ? `, of the first ${read}` : '';
  const why = reasons.length > 0 ? `${of}: ${listed(reasons)}` : '';
  return [
    {
      sentence: `${count} ${count === 1 ? 'image has' : 'images have'} failed and ${count === 1 ? 'is' : 'are'} kept${why}. To see them: npm run failures`,
      entry: 'images-without-a-thumbnail',
    },
  ];
}

/** Their own sentence names the entry. */
function raised({ alarms }: AwsFacts): Finding[] {
  return alarms.raised.map(({ description, since }) => {
    const [sentence = description, entry = ''] = description.split(' What to do: docs/runbook.md#');
    const when = since ? ` since ${since.toISOString().slice(0, 16)}Z` : '';
    return { sentence: `An alarm is raised${when}: ${sentence}`, entry };
  });
}

function messagesWait(count: number): string {
  return count === 1 ? '1 message waits' : `${count} messages wait`;
}

/** `700 × damaged, 3 × empty` */
export function listed(counts: readonly Count[]): string {
  return counts.map(({ what, count }) => `${count} × ${what}`).join(', ');
}
