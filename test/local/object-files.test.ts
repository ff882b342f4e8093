import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObjectStore, type ObjectChange, type ObjectStore } from '../../local/storage/objects';

const BUCKET = 'photos';

let folder: string;
let changes: ObjectChange[];
let log: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'object-files-'));
  changes = [];
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Opens the folder as a start of the local cloud does. */
function open(onChange: (change: ObjectChange) => void = change => changes.push(change)): ObjectStore {
  const store = createObjectStore({ folder, onChange, log: line => log.push(line) });
  store.createBucket(BUCKET);
  return store;
}

const put = (store: ObjectStore, key: string, text: string) =>
  store.putObject(BUCKET, key, Buffer.from(text), 'image/jpeg', { of: text });
const get = (store: ObjectStore, key: string) => {
  const { body, metadata } = store.getObject(BUCKET, key);
  return `${body} ${metadata.of}`;
};
const files = () => readdirSync(join(folder, BUCKET)).sort();
const fileOf = (key: string, suffix: string) =>
  join(folder, BUCKET, files().find(name => name.startsWith(hashOf(key)) && name.endsWith(suffix)) ?? '');
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 32);

test('an object is two files, whose names people can read', () => {
  const store = open();
  put(store, 'año/foto 1.jpg', 'first');
  put(store, 'año/foto 1.jpg', 'second');
  expect(files()).toHaveLength(2);
  expect(readFileSync(fileOf('año/foto 1.jpg', '-foto_1.jpg'), 'utf8')).toBe('second');
  expect(get(open(), 'año/foto 1.jpg')).toBe('second second');
  store.deleteObject(BUCKET, 'año/foto 1.jpg');
  expect(files()).toEqual([]);
});

test('an event is written before its change; if it cannot be, nothing changes', () => {
  put(open(), 'a.jpg', 'old');
  const store = open(() => {
    throw new Error('no room for the event');
  });
  expect(() => put(store, 'a.jpg', 'new')).toThrow('no room');
  expect(() => store.deleteObject(BUCKET, 'a.jpg')).toThrow('no room');
  for (const one of [store, open()]) expect(get(one, 'a.jpg')).toBe('old old');
  expect(files()).toHaveLength(2);
});

test('a start removes unfinished files, not those of other programs', () => {
  put(open(), 'a.jpg', 'old');
  const before = files();
  const hash = hashOf('a.jpg');
  for (const name of [`${hash}.meta.json.tmp`, `${hash}-00000000-a.jpg`, `${hash}-a.jpg.tmp`, '.DS_Store']) {
    writeFileSync(join(folder, BUCKET, name), '{"key":');
  }
  writeFileSync(join(folder, '.staging/part'), 'part of an upload');
  expect(get(open(), 'a.jpg')).toBe('old old');
  expect(files()).toEqual([...before, '.DS_Store'].sort());
  expect(readdirSync(join(folder, '.staging'))).toEqual([]);
  expect(log).toEqual([]);
});

test('a folder of an earlier version is read; each object gets the new layout when it is written', () => {
  const hash = hashOf('a.jpg');
  mkdirSync(join(folder, BUCKET));
  writeFileSync(join(folder, BUCKET, `${hash}-a.jpg`), 'old');
  const meta = {
    key: 'a.jpg',
    contentType: 'image/jpeg',
    contentLength: 3,
    etag: '"x"',
    metadata: { of: 'old' },
  };
  writeFileSync(
    join(folder, BUCKET, `${hash}.meta.json`),
    JSON.stringify({ ...meta, lastModified: '2026-01-01T00:00:00.000Z' }),
  );
  const store = open();
  expect(get(store, 'a.jpg')).toBe('old old');
  put(store, 'a.jpg', 'new');
  expect(get(open(), 'a.jpg')).toBe('new new');
  expect(existsSync(join(folder, BUCKET, `${hash}-a.jpg`))).toBe(false);
});

test.each([
  { how: 'is no JSON', suffix: '.meta.json', content: '{"key": "a.j', sentence: 'Expected JSON in' },
  { how: 'is empty', suffix: '.meta.json', content: '', sentence: 'Expected JSON in' },
  {
    how: 'is other JSON',
    suffix: '.meta.json',
    content: 'null',
    sentence: 'Expected the metadata of an object',
  },
  { how: 'has lost bytes', suffix: '-a.jpg', content: 'o', sentence: 'Expected 3 bytes in' },
  { how: 'is missing', suffix: '-a.jpg', content: undefined, sentence: 'but there is no such file' },
])('a file that $how is named in the log; other objects are unaffected', ({ suffix, content, sentence }) => {
  const store = open();
  put(store, 'a.jpg', 'old');
  put(store, 'b.jpg', 'other');
  const file = fileOf('a.jpg', suffix);
  if (content === undefined) rmSync(file);
  else writeFileSync(file, content);
  const before = files();

  const damaged = open();
  expect(log).toHaveLength(1);
  expect(log[0]).toContain(sentence);
  expect(log[0]).toContain(file);
  expect(damaged.listObjects(BUCKET).objects.map(({ key }) => key)).toEqual(['b.jpg']);
  expect(get(damaged, 'b.jpg')).toBe('other other');
  expect(files()).toEqual(before);

  put(damaged, 'a.jpg', 'new');
  log.length = 0;
  expect(get(open(), 'a.jpg')).toBe('new new');
  expect(log).toEqual([]);
  expect(files()).toHaveLength(4);
});
