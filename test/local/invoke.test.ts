import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withoutOpt } from '../../local/function/opt';
import { resolveStacks } from '../../local/template/stack';
import { unpackZips } from '../../local/template/unpack';
import { type Fixture, startFixture } from './fixture';

describe('Lambda’s Invoke', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture({
      notifications: [],
      handler: `
        record(event);
        if (event.fail) throw new TypeError('no');
        return event.silent ? undefined : { seen: event };`,
    });
  });
  afterAll(() => fixture.stop());

  const urlOf = (name: string) => `${fixture.cloud.endpoint}/2015-03-31/functions/${name}/invocations`;

  async function invoke(body: string, headers: Readonly<Record<string, string>> = {}) {
    const url = urlOf('Fixture-Function');
    const response = await fetch(url, { method: 'POST', body, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  test.each([
    ['{"a":"ñ"}', '{"seen":{"a":"ñ"}}'],
    ['', '{"seen":{}}'],
    ['[1]', '{"seen":[1]}'],
    ['{"silent":true}', 'null'],
  ])('passes %j to the function and returns its answer', async (body, text) => {
    expect(await invoke(body)).toMatchObject({ status: 200, text });
    expect(await invoke(body, { 'content-type': 'application/octet-stream' })).toMatchObject({ text });
  });

  test('returns an error as Lambda does', async () => {
    const { status, headers, text } = await invoke('{"fail":true}');
    expect(status).toBe(200);
    expect(headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(JSON.parse(text)).toMatchObject({ errorMessage: expect.stringContaining('TypeError: no') });
  });

  test('does not find a function that no template has', async () => {
    const response = await fetch(urlOf('None'), { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ Type: 'User', Message: 'Function not found: None' });
  });

  test('does not wait for an asynchronous invocation', async () => {
    expect(await invoke('{"later":1}', { 'x-amz-invocation-type': 'Event' })).toMatchObject({
      status: 202,
      text: '',
    });
    // Each call takes its turn; the event has its own by then, or soon after.
    while (!fixture.records<{ later?: number }>().some(({ later }) => later === 1)) await invoke('{}');
  });
});

describe('assets and layers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'layers-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('a path below /opt is the file of the last layer that has it', () => {
    const layers = ['first', 'second', 'third'].map(name => join(folder, name));
    for (const [i, file] of ['a', 'a', 'b'].entries()) {
      mkdirSync(layers[i] as string);
      writeFileSync(join(layers[i] as string, file), '');
    }
    expect(withoutOpt('/opt/a', layers)).toBe(join(folder, 'second/a'));
    expect(withoutOpt('/opt/b', layers)).toBe(join(folder, 'third/b'));
    expect(withoutOpt('/opt/none', layers)).toBe('/opt/none');
    expect(withoutOpt('a', layers)).toBe('a');
  });

  test('unpacked assets of an earlier template are removed', async () => {
    mkdirSync(join(folder, 'asset.old'));
    expect(await unpackZips(new Map([['code.zip', '/elsewhere/asset.code']]), folder)).toEqual(
      new Map([['code.zip', '/elsewhere/asset.code']]),
    );
    expect(existsSync(join(folder, 'asset.old'))).toBe(false);
  });
});

describe('templates side by side', () => {
  const location = { region: 'us-east-1', account: '000000000000', endpoint: 'http://127.0.0.1:1' };
  const first = {
    stackName: 'First',
    assets: new Map(),
    template: {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'pictures' } },
        Parameter: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Name: '/layers/a', Value: { Ref: 'Bucket' } },
        },
      },
      Outputs: { BucketName: { Value: { Ref: 'Bucket' } } },
    },
  };

  test('a parameter takes an earlier output of its name, a value of SSM, or its default', () => {
    const Parameters = {
      BucketName: { Type: 'String', Default: 'default' },
      Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/layers/a' },
      NotStored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/other' },
      Plain: { Type: 'String', Default: 'default' },
    };
    const Outputs = Object.fromEntries(
      Object.keys(Parameters).map(Ref => [Ref === 'BucketName' ? 'Bucket' : Ref, { Value: { Ref } }]),
    );
    const second = {
      stackName: 'Second',
      assets: new Map(),
      template: { Parameters, Outputs, Resources: {} },
    };
    expect(resolveStacks([first, second], location).outputs).toEqual({
      BucketName: 'pictures',
      Bucket: 'pictures',
      Stored: 'pictures',
      NotStored: '/other',
      Plain: 'default',
    });
  });
});
