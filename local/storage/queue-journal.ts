import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Log } from '../signal';
import type { QueuePersistence, SqsMessage } from './fauxqs';

type Entry =
  | { readonly did: 'send'; readonly id: string; readonly queue: string; readonly message: SqsMessage }
  | { readonly did: 'receive'; readonly id: string; readonly count: number; readonly first: number }
  | { readonly did: 'delete'; readonly id: string }
  | { readonly did: 'purge'; readonly queue: string };

interface KeptMessage {
  readonly queue: string;
  readonly message: SqsMessage;
}

/** The messages of all queues on disk, so that neither a stop nor a crash loses one. */
export interface QueueJournal {
  /** What the run before left in the queues, oldest first. What was being worked on is to be received again. */
  readonly left: readonly KeptMessage[];
  /** What the queues report to. */
  readonly persistence: QueuePersistence;
  /** Says of a message that its next deletion and sending are one step: it moves to another queue. */
  move(id: string): void;
  close(): void;
}

/**
 * Opens the journal of the queues: a line of JSON for each thing that happens to a message. What is over is dropped
 * from it at each start. (fauxqs' own SQLite store cannot take a message back before its time: it breaks its schema.)
 *
 * A message that cannot be written is refused. What happens to one later is only noted: if the disk is full, its line
 * waits for the next one that fits, and if the process ends before, the message is delivered once more, as SQS may do.
 *
 * @param file lines in it that cannot be read are moved to `<file>.damaged`
 * @param log is told about those
 */
export function openQueueJournal(file: string, log: Log): QueueJournal {
  const left = compact(file, log);
  const descriptor = openSync(file, 'a');
  const moving = new Set<string>();
  let waiting = '';

  function append(text: string): void {
    const { size } = fstatSync(descriptor);
    try {
      appendFileSync(descriptor, text);
    } catch (error) {
      // A full disk may have taken half of it, which would spoil the next line.
      ftruncateSync(descriptor, size);
      throw error;
    }
  }

  function write(entry: Entry): void {
    append(waiting + line(entry));
    waiting = '';
  }

  function note(entry: Entry): void {
    try {
      write(entry);
    } catch {
      waiting += line(entry);
    }
  }

  const persistence: Pick<
    QueuePersistence,
    | 'insertQueue'
    | 'deleteQueue'
    | 'updateQueueAttributes'
    | 'updateQueueSequenceCounter'
    | 'insertMessage'
    | 'deleteMessage'
    | 'deleteQueueMessages'
    | 'updateMessageInflight'
    | 'updateMessageReady'
  > = {
    insertMessage(queue, message) {
      const entry: Entry = { did: 'send', id: message.messageId, queue, message };
      if (moving.delete(message.messageId)) note(entry);
      else write(entry);
    },
    deleteMessage(id) {
      // The line of a move's second half, by itself, takes the message from one queue to the other.
      if (!moving.has(id)) note({ did: 'delete', id });
    },
    updateMessageInflight: (id, _handle, _deadline, count, first = 0) =>
      note({ did: 'receive', id, count, first }),
    deleteQueueMessages: queue => note({ did: 'purge', queue }),
    deleteQueue: queue => note({ did: 'purge', queue }),
    // A message that becomes visible again is as it was; queues themselves come from the template at each start.
    updateMessageReady: nothing,
    insertQueue: nothing,
    updateQueueAttributes: nothing,
    updateQueueSequenceCounter: nothing,
  };
  return {
    left,
    persistence: persistence as QueuePersistence,
    move: id => moving.add(id),
    close: () => closeSync(descriptor),
  };
}

/** Reads the journal and writes it anew, as one step, with nothing but the messages that are left. */
function compact(file: string, log: Log): KeptMessage[] {
  const { entries, damaged } = readEntries(file);
  if (damaged.length > 0) {
    appendFileSync(`${file}.damaged`, damaged.map(({ text }) => `${text}\n`).join(''));
    const numbers = damaged.map(({ number }) => number).join(', ');
    log(
      `Expected JSON in line ${numbers} of ${file} but it cannot be read. What it said is lost, and kept in ${file}.damaged.`,
    );
  }
  const left = replay(entries);
  const unfinished = `${file}.tmp`;
  try {
    const lines = left.map(({ queue, message }) =>
      line({ did: 'send', id: message.messageId, queue, message }),
    );
    writeFileSync(unfinished, lines.join(''));
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return left;
}

interface DamagedLine {
  readonly number: number;
  readonly text: string;
}

/** A crash may have cut the last line short: then what it was about had not happened yet, and nothing is damaged. */
function readEntries(file: string): { entries: Entry[]; damaged: DamagedLine[] } {
  const entries: Entry[] = [];
  const damaged: DamagedLine[] = [];
  let number = 0;
  for (const text of existsSync(file) ? wholeLines(readFileSync(file)) : []) {
    number++;
    const entry = parse(text);
    if (entry) entries.push(entry);
    else damaged.push({ number, text });
  }
  return { entries, damaged };
}

/** Line by line, because a file may be longer than a string can be (512 MiB). */
function* wholeLines(bytes: Buffer): Generator<string> {
  for (let start = 0, end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

function replay(entries: readonly Entry[]): KeptMessage[] {
  const kept = new Map<string, KeptMessage>();
  for (const entry of entries) {
    if (entry.did === 'send') kept.set(entry.id, { queue: entry.queue, message: entry.message });
    if (entry.did === 'delete') kept.delete(entry.id);
    if (entry.did === 'receive') {
      const message = kept.get(entry.id)?.message;
      if (message)
        Object.assign(message, {
          approximateReceiveCount: entry.count,
          approximateFirstReceiveTimestamp: entry.first,
        });
    }
    if (entry.did === 'purge') {
      for (const [id, { queue }] of kept) if (queue === entry.queue) kept.delete(id);
    }
  }
  return [...kept.values()];
}

/** Undefined for what is no entry: damage that leaves JSON behind must not stop the start either. */
function parse(json: string): Entry | undefined {
  try {
    const entry = JSON.parse(json) as Entry | null;
    if (entry?.did === 'send' && typeof entry.message?.messageId !== 'string') return undefined;
    return entry?.did ? entry : undefined;
  } catch {
    return undefined;
  }
}

function line(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

function nothing(): void {
  // Not kept on disk.
}
