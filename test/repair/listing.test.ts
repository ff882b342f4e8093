import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { compareListings } from '../../lambda/repair/model/compare';
import type { Difference } from '../../lambda/repair/model/difference';
import type { Listed, Wanted } from '../../lambda/repair/model/listed';
import { listObjects } from '../../lambda/repair/model/listing';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import { inParallel } from '../../ops/in-parallel';
import { type Fixture, startFixture } from '../local/fixture';
import { standBefore } from '../ops/installation';
import { localConfig } from '../support/local-config';

const ODD_KEYS = [
  'a b.jpg',
  'a+b%20&amp;<>"\'.jpg',
  'a%2Bb.jpg',
  'año/🎄 \ufffd.jpg',
  'control\u0001\u001f.jpg',
  'line\nfeed\r.jpg',
  'x'.repeat(1024),
  'ñ'.repeat(512),
];

let fixture: Fixture;
/** The queries of all listings, which pass a proxy. */
let asked: URLSearchParams[];
let s3: S3Client;

/** A bucket for all tests of a block. */
function useBucket(): void {
  let proxy: Awaited<ReturnType<typeof standBefore>>;
  beforeAll(async () => {
    fixture = await startFixture({ notifications: [] });
    proxy = await standBefore(fixture.cloud.endpoint, ({ url }) => {
      asked.push(new URL(url, 'http://s3').searchParams);
      return undefined;
    });
    s3 = new S3Client({ ...localConfig(proxy.url), forcePathStyle: true });
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    proxy.stop();
    await fixture.stop();
  });
}

const put = (keys: Iterable<string>) =>
  inParallel(keys, { atOnce: 20 }, async Key => {
    await fixture.s3.send(new PutObjectCommand({ Bucket: fixture.bucket, Key, Body: 'x' }));
  });

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const list = (wanted: Partial<Wanted>) =>
  listObjects({ s3, bucket: fixture.bucket }, { prefix: '', ...wanted });

async function pagesOf(wanted: Partial<Wanted>): Promise<(readonly Listed[])[]> {
  const pages: (readonly Listed[])[] = [];
  for await (const page of list(wanted)) pages.push(page);
  return pages;
}

async function keysOf(wanted: Partial<Wanted>): Promise<string[]> {
  return (await pagesOf(wanted)).flat().map(({ key }) => key);
}

describe('of odd keys', () => {
  useBucket();
  beforeAll(() => put(ODD_KEYS));
  test('keys of any characters are listed as they are, in the order of their bytes', async () => {
    const listed = (await pagesOf({})).flat();
    expect(listed.map(({ key }) => key)).toEqual([...ODD_KEYS].sort(byBytes));
    const [first] = listed;
    const { ETag, LastModified } = await fixture.s3.send(
      new HeadObjectCommand({ Bucket: fixture.bucket, Key: first?.key }),
    );
    expect(first).toMatchObject({ size: 1, etag: ETag, lastModified: expect.any(Number) });
    // A HEAD has whole seconds.
    expect(Math.floor((first?.lastModified ?? 0) / 1000) * 1000).toBe(LastModified?.getTime());
  });

  test('bounds and beginnings of keys of any characters are kept', async () => {
    const sorted = [...ODD_KEYS].sort(byBytes);
    for (const [i, key] of sorted.entries()) {
      expect(await keysOf({ after: key })).toEqual(sorted.slice(i + 1));
      expect(await keysOf({ upTo: key })).toEqual(sorted.slice(0, i + 1));
      expect(await keysOf({ prefix: key })).toEqual([key]);
    }
    expect(await keysOf({ prefix: 'nothing' })).toEqual([]);
  });

  test('a folder to leave out ends, also if its keys begin with the last character', async () => {
    await put(Array.from({ length: 1001 }, (_, i) => `m/\u{10ffff}${i}`));
    expect(await keysOf({ prefix: 'm', except: ['m/'] })).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  test('a bucket that is not there is said to be so', async () => {
    const pages = listObjects({ s3, bucket: 'nowhere' }, { prefix: '' });
    await expect(pages.next()).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

describe('of more than 1,000 objects', () => {
  const photos = Array.from({ length: 1010 }, (_, i) => `photo ${String(i).padStart(4, '0')}.jpg`);
  const thumbnails = photos.map(key => `m/${key}`);
  const sources = photos.slice(0, 40);
  const last = ['z1', 'z2'];
  useBucket();
  beforeAll(async () => {
    await put([...sources, ...last]);
    await put(thumbnails);
  });

  test('all come, in pages', async () => {
    const pages = await pagesOf({});
    expect(pages.map(({ length }) => length)).toEqual([1000, 52]);
    expect(pages.flat().map(({ key }) => key)).toEqual([...thumbnails, ...sources, ...last]);
    expect(asked).toHaveLength(2);
  });

  test('the next page is asked for before the last one was used, and none after the last one', async () => {
    const pages = list({ prefix: 'm/' });
    await pages.next();
    while (asked.length < 2) await new Promise(setImmediate);
    await pages.next();
    expect(await pages.next()).toEqual({ done: true, value: undefined });
    expect(asked).toHaveLength(2);
  });

  test('no page behind the last wanted key is asked for', async () => {
    expect(await keysOf({ upTo: 'm/photo 0500.jpg' })).toEqual(thumbnails.slice(0, 501));
    expect(asked).toHaveLength(1);
  });

  test('a folder to leave out costs one page', async () => {
    expect(await keysOf({ except: ['m/', 'nothing/'] })).toEqual([...sources, ...last]);
    // m/ as far as its first page, then behind it.
    expect(asked.map(query => query.get('start-after'))).toEqual([null, 'm/\u{10ffff}']);
  });

  test('whoever stops asks for no more', async () => {
    for await (const _ of list({})) break;
    expect(asked.length).toBeLessThanOrEqual(2);
  });

  test('what is missing, stale or an orphan is found', async () => {
    const { bucket } = fixture;
    await fixture.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'photo 0007.jpg', Body: 'new' }));
    await put(['new.jpg', 'notes.txt']);
    const variants = [{ prefix: 'm/', suffix: '' } as Variant];
    const differences: Difference[] = [];
    const settings = { variants, extensions: ['jpg'] };
    const comparison = { list: (wanted: Wanted) => listObjects({ s3, bucket }, wanted), settings };
    for await (const step of compareListings(comparison)) differences.push(...step.differences);
    expect(differences).toMatchObject([
      { key: 'new.jpg', missing: variants },
      { key: 'photo 0007.jpg', stale: variants },
      ...photos.slice(sources.length).map(key => ({ key, source: undefined, orphan: variants })),
    ]);
  });
});
