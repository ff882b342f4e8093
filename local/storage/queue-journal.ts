import type { Log } from '../signal';
import type { QueuePersistence, SqsMessage } from './fauxqs';
import { type JsonLines, openJsonLines, readJsonLines, replaceJsonLines } from './json-lines';

type Entry =
  | { readonly did: 'send'; readonly id: string; readonly queue: string; readonly message: SqsMessage }
  | { readonly did: 'receive'; readonly id: string; readonly count: number; readonly first: number }
  | { readonly did: 'delete'; readonly id: string }
  | { readonly did: 'purge'; readonly queue: string };

type Sent = Extract<Entry, { did: 'send' }>;

/** The messages of all queues on disk, so that neither a stop nor a crash loses one. */
export interface QueueJournal {
  /** What the last run left in the queues, oldest first. What was in flight is visible again. */
  readonly left: readonly { readonly queue: string; readonly message: SqsMessage }[];
  /** To be given to the queues, which report each change to it. */
  readonly persistence: QueuePersistence;
  /** Makes the next deletion and sending of a message one step: it moves to another queue. */
  move(id: string): void;
  close(): void;
}

/**
 * Opens the journal of the queues: a line of JSON for each change of a message. Each start drops the messages that are
 * deleted. (fauxqs' own SQLite store cannot make a message visible before its timeout: it breaks its schema.)
 *
 * A message that cannot be written is refused. Its later changes are only noted: if the disk is full, they wait for the
 * next line that fits, and if the process ends before, the message is redelivered, as on SQS.
 *
 * @param file lines in it that are damaged are moved to `<file>.damaged`
 * @param log is told about those
 */
export function openQueueJournal(file: string, log: Log): QueueJournal {
  const left = messagesAfter(readJsonLines(file, { isEntry, log }));
  replaceJsonLines(file, left);
  const lines = openJsonLines<Entry>(file);
  const moving = new Set<string>();
  return { left, persistence: persistenceIn(lines, moving), move: id => moving.add(id), close: lines.close };
}

/** @param moving messages whose deletion is part of their next sending */
function persistenceIn({ write, note }: JsonLines<Entry>, moving: Set<string>): QueuePersistence {
  const persistence: Partial<QueuePersistence> = {
    insertMessage(queue, message) {
      const entry: Entry = { did: 'send', id: message.messageId, queue, message };
      if (moving.delete(message.messageId)) note(entry);
      else write(entry);
    },
    deleteMessage(id) {
      if (!moving.has(id)) note({ did: 'delete', id });
    },
    updateMessageInflight: (id, _handle, _deadline, count, first = 0) =>
      note({ did: 'receive', id, count, first }),
    deleteQueueMessages: queue => note({ did: 'purge', queue }),
    deleteQueue: queue => note({ did: 'purge', queue }),
    // Visibility is not kept: all messages are visible after a start. Queues come from the template at each start.
    updateMessageReady: nothing,
    insertQueue: nothing,
    updateQueueAttributes: nothing,
    updateQueueSequenceCounter: nothing,
  };
  return persistence as QueuePersistence;
}

/** Replays the journal; the messages that are left. */
function messagesAfter(entries: readonly Entry[]): Sent[] {
  const left = new Map<string, Sent>();
  for (const entry of entries) {
    switch (entry.did) {
      case 'send':
        left.set(entry.id, entry);
        break;
      case 'delete':
        left.delete(entry.id);
        break;
      case 'receive':
        Object.assign(left.get(entry.id)?.message ?? {}, {
          approximateReceiveCount: entry.count,
          approximateFirstReceiveTimestamp: entry.first,
        });
        break;
      case 'purge':
        for (const [id, { queue }] of left) if (queue === entry.queue) left.delete(id);
    }
  }
  return [...left.values()];
}

/** False also for damage that happens to be JSON: it must not stop the start. */
function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Sent> | undefined | null;
  return typeof entry?.did === 'string' && (entry.did !== 'send' || entry.message?.messageId !== undefined);
}

function nothing(): void {
  // Not kept on disk.
}
