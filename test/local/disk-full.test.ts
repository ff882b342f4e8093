import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { longRuns, requires } from '../support/requires';
import { type CloudProcess, startCloudProcess } from './cloud-process';
import { writeAssembly } from './fixture';

const MIB = 1024 * 1024;
const ROOM_BYTES = 4 * MIB;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-full-'));
  mkdirSync(join(folder, 'disk'));
  writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), {});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(limit?: string): Promise<CloudProcess> {
  const options = { assembly: join(folder, 'cdk.out'), data: join(folder, 'disk/data') };
  return startCloudProcess(limit ? { ...options, limit } : options);
}

const mount = (...args: string[]) => spawnSync('mount', [...args, join(folder, 'disk')]).status === 0;
const unmount = () => spawnSync('umount', [join(folder, 'disk')]);

test('files that may not grow further (EFBIG)', async () => {
  // In blocks of 512 bytes, as POSIX has it; nobody needs to be root.
  const cloud = await start(`ulimit -f ${ROOM_BYTES / 512}`);
  await expectRefusals(cloud, () => start());
});

const onLinuxAsRoot = process.platform === 'linux' && process.getuid?.() === 0;
const disk = onLinuxAsRoot ? longRuns() : requires(false, 'Linux and root, to mount a small disk');

disk.test('a disk without room (ENOSPC)', async () => {
  expect(mount('-t', 'tmpfs', '-o', `size=${ROOM_BYTES}`, 'tmpfs')).toBe(true);
  try {
    await expectRefusals(await start(), () => {
      mount('-o', 'remount,size=64m');
      return start();
    });
  } finally {
    unmount();
  }
});

/** Fills the disk with objects and messages, then kills the cloud and starts it where there is room. */
async function expectRefusals(full: CloudProcess, withRoom: () => Promise<CloudProcess>): Promise<void> {
  const refused = { $metadata: { httpStatusCode: 507 } };
  const sent: string[] = [];
  try {
    await put(full, 'old');
    await expect(put(full, Buffer.alloc(8 * MIB))).rejects.toMatchObject({
      ...refused,
      name: 'InsufficientStorage',
    });
    // Large enough to be written while it arrives.
    await expect(put(full, Buffer.alloc(20 * MIB))).rejects.toMatchObject(refused);
    expect(await get(full)).toBe('old');

    const fill = async (bytes: number) => {
      for (;;) sent.push(await send(full, `${sent.length} `.padEnd(bytes, 'x')));
    };
    for (const bytes of [200_000, 9_000, 500, 500]) await expect(fill(bytes)).rejects.toMatchObject(refused);
    expect(sent.length).toBeGreaterThan(10);
    expect(await get(full)).toBe('old');
  } finally {
    await full.end('SIGKILL');
  }

  const cloud = await withRoom();
  try {
    expect(await get(cloud)).toBe('old');
    expect((await receiveAll(cloud, sent.length)).sort()).toEqual(sent.sort());
    await put(cloud, 'new');
    expect(await get(cloud)).toBe('new');
    expect(cloud.errors()).not.toContain('Expected');
  } finally {
    await cloud.end('SIGINT');
  }
}

async function put({ s3, bucket }: CloudProcess, body: string | Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a.jpg', Body: body }));
}

async function get({ s3, bucket }: CloudProcess): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a.jpg' }));
  return Body?.transformToString();
}

/** To the queue that no function takes from. */
async function send({ sqs, deadLetterQueueUrl }: CloudProcess, body: string): Promise<string> {
  await sqs.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: body }));
  return body;
}

async function receiveAll({ sqs, deadLetterQueueUrl }: CloudProcess, count: number): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) break;
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
  return bodies;
}
