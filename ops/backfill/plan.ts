import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createLines, linesOf } from './lines';

/** What a plan was made for: another installation, recipe or question wants another plan. */
export interface Purpose {
  readonly bucket: string;
  readonly queueUrl: string;
  readonly recipe: unknown;
  readonly prefix: string;
  readonly olderThan: number | 'none' | undefined;
  readonly remove: boolean;
}

/** What a dry run found, kept in files: what is sent is what was shown, also by a run that goes on after a kill. */
export interface Plan<Summary> {
  readonly purpose: Purpose;
  /** When it was complete, in ms since 1970. */
  readonly made: number;
  readonly summary: Summary;
  /** Messages that are not sent, in batches. */
  unsent(batchSize: number): AsyncGenerator<readonly Line[]>;
  /** Keeps that these are sent. */
  markSent(lines: readonly Line[]): void;
  /** How many are. */
  sent(): number;
  /** Keys of objects that are to be removed. */
  removals(): AsyncGenerator<string>;
  /** Takes it away: it is done. */
  discard(): void;
}

/** One message of a plan. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Collects what a plan is to hold. */
export interface PlanDraft {
  addMessage(body: string): void;
  addRemoval(key: string): void;
}

const filesIn = (folder: string) => ({
  messages: join(folder, 'messages.jsonl'),
  removals: join(folder, 'removals.jsonl'),
  sent: join(folder, 'sent'),
  head: join(folder, 'plan.json'),
});

/**
 * Makes a plan in a folder, in place of what is there. It counts once it is complete.
 *
 * @param collect is given what to add to
 */
export async function makePlan<Summary>(
  { folder, purpose }: { readonly folder: string; readonly purpose: Purpose },
  collect: (draft: PlanDraft) => Promise<Summary>,
): Promise<Plan<Summary>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = filesIn(folder);
  const messages = createLines(files.messages);
  const removals = createLines(files.removals);
  const summary = await collect({
    addMessage: messages.add,
    addRemoval: key => removals.add(JSON.stringify(key)),
  });
  messages.end();
  removals.end();
  writeFileSync(`${files.head}.new`, JSON.stringify({ purpose, made: Date.now(), summary }));
  renameSync(`${files.head}.new`, files.head);
  return (await openPlan<Summary>(folder)) as Plan<Summary>;
}

/** The plan in a folder; undefined where none was completed. */
export async function openPlan<Summary>(folder: string): Promise<Plan<Summary> | undefined> {
  const files = filesIn(folder);
  if (!existsSync(files.head)) return undefined;
  const { purpose, made, summary } = JSON.parse(readFileSync(files.head, 'utf8'));
  const sent = new Set<number>();
  for await (const number of linesOf(files.sent)) sent.add(Number(number));
  return {
    purpose,
    made,
    summary,
    async *unsent(batchSize) {
      let number = 0;
      let batch: Line[] = [];
      for await (const text of linesOf(files.messages)) {
        const line = { number: number++, text };
        if (sent.has(line.number)) continue;
        batch.push(line);
        if (batch.length < batchSize) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
    markSent(lines) {
      for (const { number } of lines) sent.add(number);
      // At once: a kill must not lose it.
      appendFileSync(files.sent, lines.map(({ number }) => `${number}\n`).join(''));
    },
    sent: () => sent.size,
    async *removals() {
      for await (const line of linesOf(files.removals)) yield JSON.parse(line);
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}
