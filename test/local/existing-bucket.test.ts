import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, startFixture } from './fixture';

const Bucket = 'fotos-de-antes';

let folder: string;
let fixture: Fixture;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'existing-'));
});
afterEach(async () => {
  await fixture?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const DAY_MS = 24 * 60 * 60 * 1000;
const YESTERDAY = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY_MS);

function write(path: string, content: string, modified = YESTERDAY): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, modified, modified);
}

/** Everything in the folder, with its content. */
function contents(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(folder.length + 1),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

/** Starts a cloud with a rule on the bucket, which the template does not make. */
async function start(existing: { readonly folder?: string } = { folder }): Promise<void> {
  fixture = await startFixture({
    notifications: [],
    environment: { BUCKET: Bucket },
    resources: {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.s3'], detail: { bucket: { name: [Bucket] } } },
          Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        },
      },
    },
    existingBuckets: { [Bucket]: existing },
  });
}

async function list(): Promise<Record<string, number | undefined>> {
  const { Contents = [] } = await fixture.s3.send(new ListObjectsV2Command({ Bucket }));
  return Object.fromEntries(Contents.map(({ Key, Size }) => [Key, Size]));
}

const put = (Key: string, Body: string) => fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const remove = (Key: string) => fixture.s3.send(new DeleteObjectCommand({ Bucket, Key }));
const head = (Key: string) => fixture.s3.send(new HeadObjectCommand({ Bucket, Key }));

async function read(Key: string): Promise<string | undefined> {
  const { Body } = await fixture.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
}

/** What the function received, in the order of the keys: invocations run side by side. */
const events = () =>
  fixture
    .received()
    .map(({ body }) => {
      const event = JSON.parse(body);
      return `${event.detail.object.key}: ${event['detail-type']}`;
    })
    .sort();

test('the files are the objects, by their paths, as old as they are, and without an event', async () => {
  write('a.jpg', 'one');
  write('años/niño (1) +.jpg', 'two');
  write('.DS_Store', '');
  write('.git/config', '');
  await start();
  expect(await list()).toEqual({ 'a.jpg': 3, 'años/niño (1) +.jpg': 3 });
  expect(await read('años/niño (1) +.jpg')).toBe('two');
  const { LastModified, ETag } = await head('a.jpg');
  expect(LastModified).toEqual(YESTERDAY);
  // The form of an upload in parts: it is no MD5.
  expect(ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
  await fixture.cloud.drain();
  expect(events()).toEqual([]);
});

test('a file of many bytes is sent as a whole, and in ranges', async () => {
  const content = '0123456789'.repeat(300_000);
  write('large.jpg', content);
  await start();
  expect(await read('large.jpg')).toBe(content);
  const range = new GetObjectCommand({ Bucket, Key: 'large.jpg', Range: 'bytes=10-14' });
  expect(await (await fixture.s3.send(range)).Body?.transformToString()).toBe('01234');
  await fixture.s3.send(
    new CopyObjectCommand({ Bucket, Key: 'copy.jpg', CopySource: `${Bucket}/large.jpg` }),
  );
  expect(await read('copy.jpg')).toBe(content);
});

test('what S3 writes, replaces and deletes leaves the folder as it is, also after a restart', async () => {
  for (const name of ['a', 'b', 'c', 'd']) write(`${name}.jpg`, name);
  const before = contents();
  await start();
  await put('b.jpg', 'replaced');
  await remove('c.jpg');
  await put('d.jpg', 'replaced');
  await remove('d.jpg');
  await put('miniaturas/a.jpg', 'thumbnail');
  const after = { 'a.jpg': 1, 'b.jpg': 8, 'miniaturas/a.jpg': 9 };
  expect(await list()).toEqual(after);
  await fixture.cloud.drain();
  expect(events()).toEqual([
    'b.jpg: Object Created',
    'c.jpg: Object Deleted',
    'd.jpg: Object Created',
    'd.jpg: Object Deleted',
    'miniaturas/a.jpg: Object Created',
  ]);
  expect(contents()).toEqual(before);

  await fixture.restart();
  expect(await list()).toEqual(after);
  expect(await read('b.jpg')).toBe('replaced');
  await expect(read('c.jpg')).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(contents()).toEqual(before);
});

test('a start finds what is new, changed and gone, and tells nobody', async () => {
  for (const name of ['same', 'changed', 'gone', 'replaced', 'deleted', 'replaced and gone'])
    write(name, 'x');
  await start();
  const { ETag } = await head('same');
  await put('replaced', 'through S3');
  await put('replaced and gone', 'through S3');
  await put('new too', 'through S3');
  await remove('deleted');
  await fixture.cloud.drain();
  const before = events();

  await fixture.cloud.stop();
  const now = new Date(Math.floor(Date.now() / 1000) * 1000);
  for (const name of ['new', 'new too', 'changed', 'replaced', 'deleted']) write(name, 'by hand', now);
  for (const name of ['gone', 'replaced and gone']) rmSync(join(folder, name));
  await fixture.restart();
  expect(await list()).toEqual({
    same: 1,
    changed: 7,
    deleted: 7,
    new: 7,
    'new too': 7,
    replaced: 7,
    'replaced and gone': 10,
  });
  expect(await read('new too')).toBe('by hand');
  expect(await read('replaced')).toBe('by hand');
  expect((await head('same')).ETag).toBe(ETag);
  expect((await head('same')).LastModified).toEqual(YESTERDAY);
  expect((await head('changed')).ETag).not.toBe(ETag);
  await fixture.cloud.drain();
  expect(events()).toEqual(before);
});

test('an old file that is put into the place of another is as young as its arrival', async () => {
  write('a.jpg', 'old');
  await start();
  const started = Date.now();
  await fixture.cloud.stop();
  write('a.jpg', 'older still', new Date(+YESTERDAY - DAY_MS));
  await fixture.restart();
  // HEAD tells whole seconds.
  expect(+((await head('a.jpg')).LastModified ?? 0)).toBeGreaterThanOrEqual(started - 1000);
});

test('a file of the future is of now', async () => {
  write('a.jpg', 'x', new Date(Date.now() + DAY_MS));
  await start();
  expect(+((await head('a.jpg')).LastModified ?? 0)).toBeLessThanOrEqual(Date.now());
});

test('a file that changes meanwhile is another object; one that goes is none', async () => {
  write('a.jpg', 'one');
  write('b.jpg', 'two');
  await start();
  const { ETag } = await head('a.jpg');
  write('a.jpg', 'changed', new Date());
  rmSync(join(folder, 'b.jpg'));
  const changed = await fixture.s3.send(new GetObjectCommand({ Bucket, Key: 'a.jpg' }));
  expect(await changed.Body?.transformToString()).toBe('changed');
  expect(changed.ContentLength).toBe(7);
  expect(changed.ETag).not.toBe(ETag);
  await expect(head('b.jpg')).rejects.toMatchObject({ name: 'NotFound' });
  await expect(read('b.jpg')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('what cannot be an object is named', async () => {
  write('a.jpg', 'x');
  const deep = Array.from({ length: 6 }, () => 'x'.repeat(200)).join('/');
  write(`${deep}/a.jpg`, 'x');
  symlinkSync(join(folder, 'a.jpg'), join(folder, 'link.jpg'));
  symlinkSync(folder, join(folder, 'circle'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.jpg'));
  // Other systems do not let a name be no UTF-8.
  const isLinux = process.platform === 'linux';
  if (isLinux) writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]), 'x');
  await start();
  expect(await list()).toEqual({ 'a.jpg': 1, 'link.jpg': 1 });
  const left = fixture.log.filter(line => line.includes(`is not in ${Bucket}`)).sort();
  expect(left.map(line => line.slice(folder.length + 1).replace(deep, 'deep'))).toEqual([
    `broken.jpg is not in ${Bucket}: it cannot be read (ENOENT).`,
    `circle is not in ${Bucket}: it is a link to a folder.`,
    `deep/a.jpg is not in ${Bucket}: it has a path of more than 1024 bytes.`,
    ...(isLinux ? [`\ufffd is not in ${Bucket}: it cannot be read (ENOENT).`] : []),
  ]);
});

test('without a folder it is an empty bucket, whose objects are kept', async () => {
  await start({});
  await put('a.jpg', 'x');
  await fixture.restart();
  expect(await list()).toEqual({ 'a.jpg': 1 });
  expect(events()).toEqual(['a.jpg: Object Created']);
});

test('a bucket that the template makes is not existing', async () => {
  const made = startFixture({ existingBuckets: { 'fixture-bucket': {} } });
  await expect(made).rejects.toThrow(
    'Expected an existing bucket but the template makes fixture-bucket (Bucket).',
  );
});
