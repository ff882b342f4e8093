import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqsQueue, SqsStore } from '../../local/storage/fauxqs';
import { openQueueJournal, type QueueJournal } from '../../local/storage/queue-journal';
import { createQueue, createQueueStore, receive } from '../../local/storage/queues';
import type { Resource } from '../../local/template/stack';

let folder: string;
let file: string;
let log: string[];
let open: QueueJournal[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(folder, 'queues.jsonl');
  log = [];
  open = [];
});
afterEach(() => {
  for (const journal of open) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function start() {
  const journal = openQueueJournal(file, line => log.push(line));
  open.push(journal);
  const store = createQueueStore(journal, () => undefined);
  const queueNamed = (name: string, properties: Resource['properties'] = {}) =>
    createQueue({ ...resource(name), properties }, { queues: store, journal });
  const deadLetters = queueNamed('dead-letters');
  const deadLetterTargetArn = deadLetters.arn;
  const queue = queueNamed('queue', {
    VisibilityTimeout: 0,
    RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 1 },
  });
  return { store, queue, deadLetters };
}

function resource(name: string): Omit<Resource, 'properties'> {
  const attributes = { Arn: `arn:aws:sqs:us-east-1:000000000000:${name}` };
  return {
    logicalId: name,
    type: 'AWS::SQS::Queue',
    name,
    ref: `http://localhost/${name}`,
    attributes,
    simulated: true,
  };
}

const send = (queue: SqsQueue, body: string) => queue.enqueue(SqsStore.createMessage(body));
const bodies = ({ messages }: SqsQueue) => messages.map(({ body }) => body);

test('damaged lines are named and moved aside; other messages are unaffected', () => {
  const { queue } = start();
  for (const body of ['one', 'two', 'three', 'four']) send(queue, body);
  const lines = readFileSync(file, 'utf8').split('\n');
  lines[1] = lines[1]?.slice(0, 40) ?? '';
  lines[2] = 'null';
  writeFileSync(file, lines.join('\n'));

  expect(bodies(start().queue)).toEqual(['one', 'four']);
  expect(log).toHaveLength(1);
  expect(log[0]).toContain(`Expected JSON in line 2, 3 of ${file}`);
  expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(`${lines[1]}\nnull\n`);

  expect(bodies(start().queue)).toEqual(['one', 'four']);
  expect(log).toHaveLength(1);
});

test('an incomplete last line is no damage: its change was never acknowledged', () => {
  send(start().queue, 'one');
  appendFileSync(file, '{"did":"send","id":"x","que');
  const { queue } = start();
  send(queue, 'two');
  expect(bodies(start().queue)).toEqual(['one', 'two']);
  expect(log).toEqual([]);
  expect(existsSync(`${file}.damaged`)).toBe(false);
});

test('a message moves to the dead-letter queue in one line, so that a crash cannot lose it', () => {
  const { store, queue } = start();
  send(queue, 'poison');
  receive(store, queue, 1);
  const before = readFileSync(file, 'utf8');
  receive(store, queue, 1);
  const moved = readFileSync(file, 'utf8').slice(before.length);
  expect(moved.split('\n').filter(Boolean)).toHaveLength(1);

  const next = start();
  expect(bodies(next.queue)).toEqual([]);
  expect(bodies(next.deadLetters)).toEqual(['poison']);
});
