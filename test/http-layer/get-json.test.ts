import { Agent } from 'undici';
import { getJson } from '../../examples/http-layer/lambda/get-json/get-json';
import { HOST, type Remote, startRemote } from './remote';

let remote: Remote;
let dispatcher: Agent;

beforeAll(async () => {
  remote = await startRemote(Buffer.alloc(0));
  dispatcher = new Agent({
    connect: {
      ca: remote.certificate.cert,
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    },
  });
});
afterAll(async () => {
  await dispatcher.destroy();
  await remote.stop();
});

const get = (path: string, timeoutMs = 5_000) =>
  getJson(remote.url(path), { dispatcher, timeoutMs, maxBytes: 1_000_000 });

test('the JSON of the URL is the body of the answer', async () => {
  expect(await get('/json')).toEqual({ statusCode: 200, body: { agent: 'miniaturas-http-layer' } });
});

test.each([
  ['/gone', 'Expected status 200 from URL but received 404.'],
  ['/loop', 'Expected status 200 from URL but received 302.'],
  [
    '/page',
    'Expected JSON from URL but received text/html, which begins with "<html>Not what you expected</html>".',
  ],
  ['/half', 'Expected JSON from URL but received application/json, which begins with "{\\"half\\":".'],
  ['/endless', 'Expected at most 1000000 bytes from URL but received more.'],
])('for %s the answer says what is wrong', async (path, error) => {
  const body = { error: error.replace('URL', remote.url(path)) };
  expect(await get(path)).toEqual({ statusCode: 502, body });
});

test('a server that cannot be reached, or says nothing, is said to be at fault', async () => {
  expect(await get('/silent', 200)).toMatchObject({ statusCode: 504 });
  const closed = `https://${HOST}:1/`;
  expect(await getJson(closed, { dispatcher, timeoutMs: 5_000, maxBytes: 1 })).toEqual({
    statusCode: 502,
    body: { error: `Expected an answer from ${closed} but received ECONNREFUSED.` },
  });
});
