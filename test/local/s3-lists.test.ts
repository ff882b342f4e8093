import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, startFixture } from './fixture';
import { send } from './plain-http';

/** Of each kind that XML or a URL has no plain form for. */
const KEYS = [
  'nul\u0000',
  'control\u0001\u001f\u007f',
  'line\nfeed',
  'carriage\r\nreturn',
  'tab\t',
  'not\uffffa character',
  // After the one before in bytes, before it in JavaScript.
  'not\u{1f994}',
  'a b+c%20&amp;<>"\'.jpg',
  '&#10; &lt;',
  'ñ/🦔~*()!',
];

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ notifications: [] });
});
afterEach(() => fixture.stop());

const put = (Key: string) =>
  fixture.s3.send(new PutObjectCommand({ Bucket: fixture.bucket, Key, Body: 'x' }));
const decoded = (text = '') => decodeURIComponent(text.replaceAll('+', ' '));
const sorted = (keys: readonly string[]) =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

type Options = Omit<ListObjectsCommandInput & ListObjectsV2CommandInput, 'Bucket'>;

/** Both versions of the listing. */
const VERSIONS = [
  ['ListObjects', (options: Options) => new ListObjectsCommand({ Bucket: fixture.bucket, ...options })],
  ['ListObjectsV2', (options: Options) => new ListObjectsV2Command({ Bucket: fixture.bucket, ...options })],
] as const;

async function list(options: Options, command: (typeof VERSIONS)[number][1]) {
  // What both have: TypeScript finds no common form of the two.
  const page = await fixture.s3.send(command(options) as ListObjectsV2Command);
  return page as typeof page & { readonly NextMarker?: string };
}

test.each(VERSIONS)('%s lists keys of any characters with encoding-type=url', async (_name, command) => {
  for (const key of KEYS) await put(key);
  const listed = await list({ EncodingType: 'url' }, command);
  expect(listed.EncodingType).toBe('url');
  expect(listed.Contents?.map(({ Key }) => decoded(Key))).toEqual(sorted(KEYS));
  const below = await list({ EncodingType: 'url', Prefix: 'ñ', Delimiter: '/' }, command);
  expect(decoded(below.Prefix)).toBe('ñ');
  expect(below.CommonPrefixes?.map(({ Prefix }) => decoded(Prefix))).toEqual(['ñ/']);
});

test('without it control characters are XML references, as on S3', async () => {
  for (const key of KEYS) await put(key);
  const { body } = await send(`${fixture.cloud.endpoint}/${fixture.bucket}?list-type=2`);
  expect(body).toContain('<Key>nul&#x0;</Key>');
  expect(body).toContain('<Key>carriage&#xd;\nreturn</Key>');
  const { Contents = [] } = await fixture.s3.send(new ListObjectsV2Command({ Bucket: fixture.bucket }));
  expect(Contents).toHaveLength(KEYS.length);
});

test('DeleteObjects deletes the named keys and no other', async () => {
  for (const key of [...KEYS, 'line feed', '\n &lt;', '& <']) await put(key);
  const Objects = KEYS.map(Key => ({ Key }));
  await fixture.s3.send(new DeleteObjectsCommand({ Bucket: fixture.bucket, Delete: { Objects } }));
  const { Contents = [] } = await fixture.s3.send(new ListObjectsV2Command({ Bucket: fixture.bucket }));
  expect(Contents.map(({ Key }) => Key)).toEqual(['\n &lt;', '& <', 'line feed']);
});

test.each([
  ['<Delete><Object><Key>a&#10;b</Key></Object></Delete>', 200, []],
  ['<Delete><Object><Key>a&#xA;b</Key></Object></Delete>', 200, []],
  ['<Delete><Object><Key>a&#x0A;b</Key></Object><Quiet>true</Quiet></Delete>', 200, []],
  ['<Delete><Object><Key>a b</Key></Object></Delete>', 200, ['a\nb']],
  ['<Delete><Object><Key>a&#10;b</Key><VersionId>1</VersionId></Object></Delete>', 501, ['a\nb']],
  ['<Delete><Object><Key>a&#10;b</Key></Object><Object><Key></Key></Object></Delete>', 400, ['a\nb']],
  ['<Delete></Delete>', 400, ['a\nb']],
  ['not XML', 400, ['a\nb']],
])('%s is answered by %d and leaves %j', async (body, status, left) => {
  await put('a\nb');
  const url = `${fixture.cloud.endpoint}/${fixture.bucket}?delete`;
  expect(await send(url, { method: 'POST', body })).toMatchObject({ status });
  const { Contents = [] } = await fixture.s3.send(new ListObjectsV2Command({ Bucket: fixture.bucket }));
  expect(Contents.map(({ Key }) => Key)).toEqual(left);
});

test.each(VERSIONS)('%s lists a common prefix at the end of a page once', async (_name, command) => {
  for (const key of ['a', 'b/1', 'b/2', 'c', 'd/1', 'e']) await put(key);
  const seen: (string | undefined)[] = [];
  for (let next: Options | undefined = {}; next; ) {
    const page = await list({ Delimiter: '/', MaxKeys: 2, ...next }, command);
    const { Contents = [], CommonPrefixes = [], NextContinuationToken, NextMarker } = page;
    seen.push(...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix));
    next = page.IsTruncated ? { ContinuationToken: NextContinuationToken, Marker: NextMarker } : undefined;
  }
  expect(seen).toEqual(['a', 'b/', 'c', 'd/', 'e']);
});

test.each([
  ['max-keys=0', 200, '<IsTruncated>false</IsTruncated>'],
  ['max-keys=many', 400, 'InvalidArgument'],
  ['max-keys=-1', 400, 'InvalidArgument'],
  ['encoding-type=base64', 400, 'InvalidArgument'],
  ['list-type=2&fetch-owner=true', 200, '<Owner>'],
  ['start-after=a', 501, 'start-after'],
])('a listing with %s is answered by %d', async (query, status, part) => {
  await put('a');
  const answer = await send(`${fixture.cloud.endpoint}/${fixture.bucket}?${query}`);
  expect(answer).toMatchObject({ status, body: expect.stringContaining(part) });
});

test('the error for a missing key is valid XML for any key', async () => {
  await expect(
    fixture.s3.send(new GetObjectCommand({ Bucket: fixture.bucket, Key: 'nul\u0000' })),
  ).rejects.toMatchObject({ name: 'NoSuchKey' });
});
