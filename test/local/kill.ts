import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { type CloudProcess, startCloudProcess } from './cloud-process';
import { writeAssembly } from './fixture';

/** Writers, each with keys of its own, so that the order of the changes of a key is known. */
const WRITERS = 4;
const KEYS = 3;

/** What a test wrote: the version is in the bytes, in the metadata and in the event's size. */
interface Version {
  readonly version: number;
  readonly body: Buffer;
}

/**
 * A key whose last acknowledged state is known; a change that got no answer before the kill may have happened or not.
 */
interface KeyState {
  acknowledged: Version | undefined;
  unanswered: Version | 'deletion' | undefined;
}

/** How the rounds went. */
export interface KillReport {
  readonly changes: number;
  readonly messages: number;
  /** Kills that left a change without an answer. */
  readonly unanswered: number;
}

/**
 * Writes, replaces and deletes objects of a local cloud over several connections, kills it with SIGKILL at a random
 * moment, starts it again on the same folder and compares; again and again.
 *
 * @throws Error at the first object that is neither old nor new as a whole, or that lost what was acknowledged, and for
 *   a message or an event that reached nobody
 */
export async function killRounds(rounds: number): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  const records = join(folder, 'records');
  const options = { assembly: join(folder, 'cdk.out'), data: join(folder, 'data') };
  // A kill while the function works counts as a try.
  writeAssembly(options.assembly, records, { maxReceiveCount: 1000 });
  const states = new Map<string, KeyState>();
  const sent: string[] = [];
  const expected: Event[] = [];
  let changes = 0;
  let unanswered = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const cloud = await startCloudProcess(options);
      let writing: Promise<void>[] = [];
      try {
        expected.push(...(await compare(cloud, states)));
        writing = [...Array.from({ length: WRITERS }, (_, writer) => write(cloud, writer)), send(cloud)];
        const [changesBefore, sentBefore] = [changes, sent.length];
        const enough = WRITERS + Math.random() * 10;
        while (changes - changesBefore < enough || sent.length === sentBefore) {
          if (cloud.child.exitCode !== null)
            throw new Error(`Expected it to run but it ended: ${cloud.errors()}`);
          await pause(1);
        }
        await pause(Math.random() * 20);
      } finally {
        await cloud.end('SIGKILL');
        await Promise.all(writing);
      }
      unanswered += [...states.values()].filter(state => state.unanswered !== undefined).length;
    }
    const cloud = await startCloudProcess(options);
    try {
      expected.push(...(await compare(cloud, states)));
      expectNoLeftOvers(options.data, states);
      await everythingDelivered();
    } finally {
      await cloud.end('SIGINT');
    }
    return { changes, messages: sent.length, unanswered };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  /** Changes keys until the cloud is gone. */
  async function write(cloud: CloudProcess, writer: number): Promise<void> {
    for (;;) {
      const key = `writer ${writer}/ñ ${Math.floor(Math.random() * KEYS)}.jpg`;
      const state = states.get(key) ?? { acknowledged: undefined, unanswered: undefined };
      states.set(key, state);
      const next = Math.random() < 0.2 ? 'deletion' : newVersion(++changes);
      state.unanswered = next;
      try {
        if (next === 'deletion') await remove(cloud, key);
        else await put(cloud, key, next);
      } catch {
        return;
      }
      expected.push(...eventsOf(key, state, next));
      Object.assign(state, { acknowledged: next === 'deletion' ? undefined : next, unanswered: undefined });
    }
  }

  async function send(cloud: CloudProcess): Promise<void> {
    for (let i = sent.length; ; i++) {
      const MessageBody = JSON.stringify({ message: `message ${i}` });
      try {
        await cloud.sqs.send(new SendMessageCommand({ QueueUrl: cloud.queueUrl, MessageBody }));
      } catch {
        return;
      }
      sent.push(MessageBody);
    }
  }

  /** Waits until each message was handed to the function, and an event of each change that happened. */
  async function everythingDelivered(): Promise<void> {
    for (;;) {
      const { messages, events } = delivered(records);
      const removed = (key: string) => (one: Event) => one.key === key && one.etags.length === 0;
      const undelivered = [
        ...sent.filter(body => !messages.has(body)),
        ...expected.filter(({ key, etags }) =>
          etags.length > 0
            ? !etags.some(etag => events.some(event => event.etags.includes(etag)))
            : events.filter(removed(key)).length < expected.filter(removed(key)).length,
        ),
      ];
      if (undelivered.length === 0) return;
      await pause(50);
    }
  }
}

function newVersion(version: number): Version {
  // Lengths differ, and repeat, so that old bytes under new metadata show by their content alone.
  return { version, body: Buffer.alloc(1 + Math.floor(Math.random() * 300_000), `version ${version};`) };
}

async function put({ s3, bucket }: CloudProcess, key: string, { version, body }: Version): Promise<void> {
  const object = { Bucket: bucket, Key: key, Metadata: { version: `${version}` } };
  if (Math.random() < 0.7) {
    await s3.send(new PutObjectCommand({ ...object, Body: body }));
    return;
  }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  const part = { Bucket: bucket, Key: key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: body }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload }));
}

async function remove({ s3, bucket }: CloudProcess, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** The event of a change; what was removed has no ETag. */
interface Event {
  readonly key: string;
  readonly etags: readonly string[];
}

/** An upload has the MD5 as its ETag, or that of its only part; there is no event when nothing was there to delete. */
function eventsOf(key: string, { acknowledged }: KeyState, change: Version | 'deletion'): Event[] {
  if (change === 'deletion') return acknowledged ? [{ key, etags: [] }] : [];
  const md5 = createHash('md5').update(change.body).digest();
  const ofParts = createHash('md5').update(md5).digest('hex');
  return [{ key, etags: [md5.toString('hex'), `${ofParts}-1`] }];
}

/**
 * Holds what is there to what was acknowledged; what had no answer is settled by what is found.
 *
 * @returns the events of the changes that happened without an answer
 */
async function compare(cloud: CloudProcess, states: Map<string, KeyState>): Promise<Event[]> {
  const { Contents = [] } = await cloud.s3.send(new ListObjectsV2Command({ Bucket: cloud.bucket }));
  const listed = new Set(Contents.map(({ Key }) => Key));
  const events: Event[] = [];
  for (const [key, state] of states) {
    const found = listed.has(key) ? await read(cloud, key) : undefined;
    const { acknowledged, unanswered } = state;
    if (found !== fingerprint(acknowledged)) {
      if (!unanswered || found !== fingerprint(unanswered)) {
        throw new Error(`Expected ${key} old or new but received ${found}.`);
      }
      events.push(...eventsOf(key, state, unanswered));
      state.acknowledged = unanswered === 'deletion' ? undefined : unanswered;
    }
    state.unanswered = undefined;
  }
  return events;
}

async function read({ s3, bucket }: CloudProcess, key: string): Promise<string | undefined> {
  const { Body, Metadata, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const body = Buffer.from((await Body?.transformToByteArray()) ?? []);
  if (body.length !== ContentLength) throw new Error(`Expected ${ContentLength} bytes of ${key}.`);
  return fingerprint({ version: Number(Metadata?.version), body });
}

/** Undefined for what is not there. */
function fingerprint(state: Version | 'deletion' | undefined): string | undefined {
  if (state === undefined || state === 'deletion') return undefined;
  const { version, body } = state;
  return `${version} ${body.length} ${createHash('sha256').update(body).digest('hex')}`;
}

/** What the function was handed so far: the bodies of messages, and S3's events in them. */
function delivered(records: string): { messages: ReadonlySet<string>; events: readonly Event[] } {
  const messages = new Set<string>();
  const lines = existsSync(records) ? readFileSync(records, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) for (const { body } of JSON.parse(line).Records) messages.add(body);
  const events = [...messages]
    .flatMap(body => JSON.parse(body).Records ?? [])
    .map(({ s3: { object } }) => ({
      key: decodeURIComponent(object.key.replaceAll('+', ' ')),
      etags: object.eTag ? [object.eTag] : [],
    }));
  return { messages, events };
}

/** One file of metadata and one of bytes for each object, and nothing else. */
function expectNoLeftOvers(data: string, states: ReadonlyMap<string, KeyState>): void {
  const objects = [...states.values()].filter(({ acknowledged }) => acknowledged).length;
  const [bucket = ''] = readdirSync(join(data, 'objects')).filter(name => !name.startsWith('.'));
  const files = readdirSync(join(data, 'objects', bucket));
  if (files.length !== 2 * objects)
    throw new Error(`Expected ${2 * objects} files but found ${files.length}.`);
  const staged = readdirSync(join(data, 'objects/.staging'));
  if (staged.length > 0) throw new Error(`Expected nothing staged but found ${staged.length} files.`);
}
