import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
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
  close(): void;
}

/**
 * Opens the journal of the queues: a line of JSON for each thing that happens to a message. What is over is dropped
 * from it at each start. (fauxqs' own SQLite store cannot take a message back before its time: it breaks its schema.)
 */
export function openQueueJournal(file: string): QueueJournal {
  const left = existsSync(file) ? replay(readFileSync(file, 'utf8')) : [];
  const lines = left.map(({ queue, message }) =>
    line({ did: 'send', id: message.messageId, queue, message }),
  );
  writeFileSync(`${file}.tmp`, lines.join(''));
  renameSync(`${file}.tmp`, file);

  const descriptor = openSync(file, 'a');
  const write = (entry: Entry) => appendFileSync(descriptor, line(entry));
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
    insertMessage: (queue, message) => write({ did: 'send', id: message.messageId, queue, message }),
    deleteMessage: id => write({ did: 'delete', id }),
    updateMessageInflight: (id, _handle, _deadline, count, first = 0) =>
      write({ did: 'receive', id, count, first }),
    deleteQueueMessages: queue => write({ did: 'purge', queue }),
    deleteQueue: queue => write({ did: 'purge', queue }),
    // A message that becomes visible again is as it was; queues themselves come from the template at each start.
    updateMessageReady: nothing,
    insertQueue: nothing,
    updateQueueAttributes: nothing,
    updateQueueSequenceCounter: nothing,
  };
  return { left, persistence: persistence as QueuePersistence, close: () => closeSync(descriptor) };
}

function replay(text: string): KeptMessage[] {
  const kept = new Map<string, KeptMessage>();
  for (const json of text.split('\n')) {
    const entry = parse(json);
    if (entry?.did === 'send') kept.set(entry.id, { queue: entry.queue, message: entry.message });
    if (entry?.did === 'delete') kept.delete(entry.id);
    if (entry?.did === 'receive') {
      const message = kept.get(entry.id)?.message;
      if (message)
        Object.assign(message, {
          approximateReceiveCount: entry.count,
          approximateFirstReceiveTimestamp: entry.first,
        });
    }
    if (entry?.did === 'purge') {
      for (const [id, { queue }] of kept) if (queue === entry.queue) kept.delete(id);
    }
  }
  return [...kept.values()];
}

/** A crash may have cut the last line short: then what it was about had not happened yet. */
function parse(json: string): Entry | undefined {
  try {
    return JSON.parse(json) as Entry;
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
