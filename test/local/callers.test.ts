import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { localConfig } from '../support/local-config';
import { type Fixture, startFixture } from './fixture';
import { send } from './plain-http';

let fixture: Fixture;
let port: string;
let own: string;
beforeAll(async () => {
  fixture = await startFixture({ notifications: [], handler: 'record(event);' });
  ({ port, origin: own } = new URL(fixture.cloud.endpoint));
});
afterAll(() => fixture.stop());

const put = () => fixture.s3.send(new PutObjectCommand({ Bucket: fixture.bucket, Key: 'kept', Body: 'x' }));
const get = async () => {
  const { Body } = await fixture.s3.send(new GetObjectCommand({ Bucket: fixture.bucket, Key: 'kept' }));
  return Body?.transformToString();
};

/** A request to each service, and what it would do. */
const REQUESTS = {
  S3: () => ({
    method: 'POST',
    path: `/${fixture.bucket}?delete`,
    headers: { 'content-type': 'text/plain' },
    body: '<Delete><Object><Key>kept</Key></Object></Delete>',
  }),
  SQS: () => ({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.PurgeQueue' },
    body: JSON.stringify({ QueueUrl: fixture.cloud.outputs.QueueUrl }),
  }),
  Invoke: () => ({
    method: 'POST',
    path: '/2015-03-31/functions/Fixture-Function/invocations',
    headers: { 'content-type': 'text/plain' },
    body: '{"from":"a page"}',
  }),
};

async function ask(service: keyof typeof REQUESTS, headers: Readonly<Record<string, string>>) {
  const { path, ...request } = REQUESTS[service]();
  return send(own + path, { ...request, headers: { ...request.headers, ...headers } });
}

describe.each(Object.keys(REQUESTS) as (keyof typeof REQUESTS)[])('%s', service => {
  test.each([
    ['a page of the web', { origin: 'https://example.com', 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin (sandboxed, or a file)', { origin: 'null' }],
    ['an old browser, which sends no Sec-Fetch-Site', { origin: 'https://example.com' }],
    ['a request of a page that sends no Origin', { 'sec-fetch-site': 'cross-site' }],
    ['a name that resolves to 127.0.0.1', { host: 'rebound.example.com' }],
    ['a name that begins like ours', { host: 'localhost.example.com' }],
    ['the name without a port', { host: '127.0.0.1.example.com' }],
    ['another name below localhost that is no bucket', { host: 'a_b.localhost' }],
    ['the address of this machine in its network', { host: '192.168.0.2' }],
  ])('refuses %s, and does nothing', async (_name, headers) => {
    await put();
    const { status, body } = await ask(service, headers);
    expect(status).toBe(403);
    expect(body).toMatch(/Expected .* but received/);
    expect(body.startsWith('{')).toBe(service !== 'S3');
    expect(await get()).toBe('x');
    expect(fixture.records()).toEqual([]);
  });
});

test.each([
  ['127.0.0.1', {}],
  ['localhost', {}],
  ['[::1]', {}],
  ['LOCALHOST', {}],
  ['a page of the endpoint itself', { 'sec-fetch-site': 'same-origin', origin: 'self' }],
  ['an address that was typed', { 'sec-fetch-site': 'none' }],
])('answers %s', async (name, { origin, ...headers }: Readonly<Record<string, string>>) => {
  await put();
  const host = `${/ /.test(name) ? 'localhost' : name}:${port}`;
  const { status, body } = await send(`${own}/${fixture.bucket}/kept`, {
    headers: { host, ...headers, ...(origin && { origin: `http://${host}` }) },
  });
  expect({ status, body }).toEqual({ status: 200, body: 'x' });
});

test('an object opened in a browser is sandboxed', async () => {
  await put();
  const { headers } = await send(`${own}/${fixture.bucket}/kept`);
  expect(headers['content-security-policy']).toBe('sandbox');
});

test('Host may name the bucket, for any Content-Type', async () => {
  const host = `${fixture.bucket}.localhost:${port}`;
  for (const type of ['image/png', 'application/x-www-form-urlencoded', 'application/x-amz-json-1.0']) {
    const headers = { host, 'content-type': type };
    expect(await send(`${own}/kept`, { method: 'PUT', body: type, headers })).toMatchObject({ status: 200 });
    expect(await get()).toBe(type);
  }
  expect(await send(own, { headers: { host } })).toMatchObject({
    body: expect.stringContaining('<Key>kept</Key>'),
  });
});

test('the S3 client can name the bucket in Host', async () => {
  const s3 = new S3Client({
    ...localConfig(`http://localhost:${port}`),
    // Browsers take every name below localhost for this machine; not every system does.
    requestHandler: { httpAgent: new Agent({ lookup: (_name, ...rest) => lookup('localhost', ...rest) }) },
  });
  await s3.send(new PutObjectCommand({ Bucket: fixture.bucket, Key: 'kept', Body: 'by name' }));
  expect(await get()).toBe('by name');
  s3.destroy();
});
