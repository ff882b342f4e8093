import tls from 'node:tls';
import type { Agent } from 'undici';
import { download } from '../../examples/http-layer/lambda/fetch-image/download';
import { fetchImage } from '../../examples/http-layer/lambda/fetch-image/fetch-image';
import {
  publicOnlyAgent,
  type Resolve,
} from '../../examples/http-layer/lambda/fetch-image/public-only-agent';
import { forbiddenUrls } from './forbidden';
import { HOST, type Remote, startRemote } from './remote';

const IMAGE = Buffer.from('not looked at here');
let remote: Remote;
const agents: Agent[] = [];

beforeAll(async () => {
  remote = await startRemote(IMAGE);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), remote.certificate.cert]);
});
afterAll(async () => {
  await Promise.all(agents.map(agent => agent.destroy()));
  await remote.stop();
});

/** Fetches as the function does, and says what was put where. */
async function fetchInto(event: object, options: { resolve?: Resolve; timeoutMs?: number } = {}) {
  const { resolve, timeoutMs = 5_000 } = options;
  const dispatcher = publicOnlyAgent({ hosts: { [HOST]: '127.0.0.1' }, ...(resolve && { resolve }) });
  agents.push(dispatcher);
  const objects: Record<string, { bytes: Uint8Array; contentType: string }> = {};
  const answer = await fetchImage(event, {
    thumbnailPrefixes: ['miniaturas/'],
    put: async (key, object) => {
      objects[key] = object;
    },
    download: url => download(url, { dispatcher, timeoutMs, maxBytes: 1_000_000, maxRedirects: 3 }),
  });
  return { ...answer, objects };
}

const photo = { 'a/photo.jpg': { bytes: IMAGE, contentType: 'image/jpeg' } };

test('an image comes under the key that was chosen, with its type', async () => {
  expect(await fetchInto({ url: remote.url('/photo.jpg'), key: 'a/photo.jpg' })).toEqual({
    statusCode: 200,
    body: { key: 'a/photo.jpg', bytes: IMAGE.byteLength, contentType: 'image/jpeg' },
    objects: photo,
  });
});

test('redirects are followed, relative ones too', async () => {
  const url = remote.redirectTo(remote.redirectTo('/photo.jpg'));
  expect(await fetchInto({ url, key: 'a/photo.jpg' })).toMatchObject({ statusCode: 200, objects: photo });
});

describe.each(forbiddenUrls(1).map(({ url }, i) => ({ url, i })))('$url', ({ i }) => {
  const one = () => forbiddenUrls(remote.port)[i] as { url: string; received: string };
  const refused = () => ({
    statusCode: 400,
    body: {
      error: expect.stringContaining(
        `Expected a server on the public Internet but received ${one().received}`,
      ),
    },
    objects: {},
  });

  test('is refused, and nobody is asked', async () => {
    const before = remote.requests();
    expect(await fetchInto({ url: one().url, key: 'k' })).toEqual(refused());
    expect(remote.requests()).toBe(before);
  });

  test('is refused as the place that a redirect leads to', async () => {
    const before = remote.requests();
    expect(await fetchInto({ url: remote.redirectTo(one().url), key: 'k' })).toEqual(refused());
    expect(remote.requests()).toBe(before + 1);
  });
});

describe('a name', () => {
  const url = () => `https://anything.test:${remote.port}/photo.jpg`;

  test.each([
    ['10.0.0.1'],
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['1.1.1.1', '127.0.0.1'],
  ])('that resolves to %s %s is refused', async (...addresses) => {
    const resolve: Resolve = async () =>
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }));
    const hidden = addresses.at(-1);
    expect(await fetchInto({ url: url(), key: 'k' }, { resolve })).toEqual({
      statusCode: 400,
      body: {
        error: `Expected a server on the public Internet but received anything.test, which is ${hidden}.`,
      },
      objects: {},
    });
  });

  test('is resolved once a connection: what was judged is what is connected to', async () => {
    const asked: string[] = [];
    const resolve: Resolve = async host => {
      asked.push(host);
      // A server that rebinds its name: harmless when it is looked at, harmful when it is used.
      return [{ address: asked.length === 1 ? '127.0.0.1' : '1.1.1.1', family: 4 }];
    };
    expect(await fetchInto({ url: url(), key: 'k' }, { resolve })).toMatchObject({ statusCode: 400 });
    expect(asked).toEqual(['anything.test']);
  });

  test('that does not resolve is said to be at fault', async () => {
    const resolve: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await fetchInto({ url: url(), key: 'k' }, { resolve })).toMatchObject({
      statusCode: 502,
      body: { error: `Expected an answer from ${url()} but received ENOTFOUND.` },
    });
  });
});

test.each<[string, (url: (path: string) => string) => object, number, string]>([
  ['no URL', () => ({ key: 'k' }), 400, 'Expected a URL for url but received nothing.'],
  [
    'a URL that is none',
    () => ({ url: 'photo.jpg', key: 'k' }),
    400,
    'Expected a URL for url but received "photo.jpg".',
  ],
  [
    'no key',
    url => ({ url: url('/photo.jpg') }),
    400,
    'Expected a text of 1 to 1024 bytes for key but received nothing.',
  ],
  [
    'a key that S3 refuses',
    url => ({ url: url('/photo.jpg'), key: 'ñ'.repeat(513) }),
    400,
    'Expected a text of 1 to 1024 bytes for key',
  ],
  [
    'the key of a thumbnail',
    url => ({ url: url('/photo.jpg'), key: 'miniaturas/a.jpg' }),
    400,
    `Expected a key outside of the thumbnails' miniaturas/ but received "miniaturas/a.jpg".`,
  ],
  [
    'http',
    () => ({ url: 'http://images.test/photo.jpg', key: 'k' }),
    400,
    'Expected https but received http://images.test.',
  ],
  ['a file', () => ({ url: 'file:///etc/passwd', key: 'k' }), 400, 'Expected https but received file://.'],
  [
    'a redirect to http',
    () => ({ url: remote.redirectTo('http://images.test/'), key: 'k' }),
    400,
    'Expected https but received http://images.test.',
  ],
  [
    'a password',
    () => ({ url: 'https://me:secret@images.test/', key: 'k' }),
    400,
    'Expected a URL of images.test without a password.',
  ],
  [
    'a redirect to nowhere',
    url => ({ url: url('/nowhere'), key: 'k' }),
    502,
    'Expected a place to go on to from',
  ],
  ['redirects without end', url => ({ url: url('/loop'), key: 'k' }), 502, 'after 3 redirects at most.'],
  ['what is not there', url => ({ url: url('/gone'), key: 'k' }), 502, 'but received 404.'],
  ['a page', url => ({ url: url('/page'), key: 'k' }), 502, 'but received text/html.'],
  ['compression', url => ({ url: url('/squeezed'), key: 'k' }), 502, 'Expected no compression from'],
  [
    'too many bytes, announced',
    url => ({ url: url('/announced'), key: 'k' }),
    502,
    'but received 1000000000.',
  ],
  [
    'too many bytes, not announced',
    url => ({ url: url('/endless'), key: 'k' }),
    502,
    'Expected at most 1000000 bytes',
  ],
  ['an image cut off', url => ({ url: url('/broken'), key: 'k' }), 502, 'Expected an answer from'],
])('%s is refused in a sentence', async (_, event, statusCode, error) => {
  expect(await fetchInto(event(remote.url))).toEqual({
    statusCode,
    body: { error: expect.stringContaining(error) },
    objects: {},
  });
});

test('a server that says nothing is waited for no longer than allowed', async () => {
  expect(await fetchInto({ url: remote.url('/silent'), key: 'k' }, { timeoutMs: 200 })).toEqual({
    statusCode: 504,
    body: { error: `Expected an answer from ${remote.url('/silent')} within 0.2 s.` },
    objects: {},
  });
});
