import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { writeAssembly } from '../local/fixture';

/** Copies what is not rejected; `bad` bytes go to the dead-letter queue with a reason, as our function does it. */
const HANDLER = `
  const s3 = key => process.env.AWS_ENDPOINT_URL + '/' + process.env.BUCKET + '/' + encodeURIComponent(key);
  for (const { body } of event.Records) for (const record of JSON.parse(body).Records ?? []) {
    const key = decodeURIComponent(record.s3.object.key.replaceAll('+', ' '));
    if (key.startsWith('miniaturas/')) continue;
    const bytes = await (await fetch(s3(key))).arrayBuffer();
    if (Buffer.from(bytes).toString() !== 'bad') {
      await fetch(s3('miniaturas/' + key), { method: 'PUT', body: bytes });
      continue;
    }
    const text = StringValue => ({ DataType: 'String', StringValue });
    await fetch(process.env.AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: JSON.stringify({
        QueueUrl: process.env.DEAD_LETTERS,
        MessageBody: JSON.stringify({ Records: [record] }),
        MessageAttributes: { reason: text('unsupported'), detail: text('It is bad.') },
      }),
    });
  }`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), {
    handler: HANDLER,
    notifications: [{ event: 's3:ObjectCreated:*', suffix: '.png' }],
    environment: {
      MINIATURAS_SETTINGS: JSON.stringify({ variants: [{ prefix: 'miniaturas/', suffix: '' }] }),
      DEAD_LETTERS: { Ref: 'DeadLetterQueue' },
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: string[]): ChildProcess & { readonly output: Promise<string> } {
  const own = ['--assembly', join(folder, 'cdk.out'), '--data', join(folder, 'data'), ...args];
  const child = spawn(process.execPath, ['--import', 'tsx', 'ops/start.ts', ...own], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return Object.assign(child, { output: text(child.stdout) });
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  await once(child, 'close');
  return child.exitCode;
}

test('--json says in one line how to connect, and Ctrl-C ends it with nothing left behind', async () => {
  const child = start('--port', '0', '--json');
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  const connection = JSON.parse(line);
  expect(Object.keys(connection)).toEqual(['s3', 'bucket', 'queueUrl', 'deadLetterQueueUrl']);
  expect(
    (await fetch(`${connection.s3}/${connection.bucket}/a.png`, { method: 'PUT', body: 'x' })).status,
  ).toBe(200);
  expect(JSON.parse(readFileSync(join(folder, 'data/cloud.json'), 'utf8'))).toEqual(connection);

  child.kill('SIGINT');
  expect(await exitCode(child)).toBe(0);
  expect(await child.output).toBe(`${line}\n`);
  expect(existsSync(join(folder, 'data/cloud.json'))).toBe(false);
  expect(existsSync(join(folder, 'data/pid'))).toBe(false);
});

describe('--drop', () => {
  const out = () => join(folder, 'out');
  beforeEach(async () => {
    mkdirSync(join(folder, 'photos'));
    const image = sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } });
    writeFileSync(join(folder, 'photos/año (1) +ñ.png'), await image.png().toBuffer());
    writeFileSync(join(folder, 'photos/notes.txt'), 'not for this bucket');
    writeFileSync(join(folder, 'photos/.hidden.png'), 'hidden');
  });

  test('brings each thumbnail here, names what is skipped, and succeeds', async () => {
    const child = start('--drop', join(folder, 'photos'), '--out', out());
    expect(await exitCode(child)).toBe(0);
    const output = await child.output;
    expect(output).toMatch(/año \(1\) \+ñ\.png {2}30 × 20 px {2}\d+ bytes {2}\d+ ms/);
    expect(output).toContain('notes.txt: skipped, it has an extension that the bucket does not watch');
    expect(output).toContain('1 of 1 images have their thumbnails');
    expect(existsSync(join(out(), 'photos/año (1) +ñ.png'))).toBe(true);
  });

  test('fails when an image has no thumbnail and says why', async () => {
    writeFileSync(join(folder, 'photos/bad.png'), 'bad');
    const child = start('--drop', join(folder, 'photos'), '--out', out());
    expect(await exitCode(child)).toBe(1);
    expect(await child.output).toContain('bad.png: no thumbnail. unsupported: It is bad.');
  });

  test('--json gives a line of JSON a file', async () => {
    writeFileSync(join(folder, 'photos/bad.png'), 'bad');
    const child = start('--drop', join(folder, 'photos'), '--out', out(), '--json');
    expect(await exitCode(child)).toBe(1);
    const results = (await child.output)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(results).toEqual([
      expect.objectContaining({ outcome: 'skipped', path: join(folder, 'photos/notes.txt') }),
      expect.objectContaining({ outcome: 'created', key: 'photos/año (1) +ñ.png', width: 30, height: 20 }),
      expect.objectContaining({ outcome: 'failed', key: 'photos/bad.png', why: 'unsupported: It is bad.' }),
    ]);
  });

  test('asks for no thumbnail of a variant that is for other folders', async () => {
    const file = join(folder, 'cdk.out/Fixture.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8'));
    const variants = [
      { prefix: 'miniaturas/', suffix: '' },
      { prefix: 'covers/', suffix: '', from: ['albums/'] },
    ];
    Object.assign(template.Resources.Function.Properties.Environment.Variables, {
      MINIATURAS_SETTINGS: JSON.stringify({ variants }),
    });
    writeFileSync(file, JSON.stringify(template));
    const child = start('--drop', join(folder, 'photos'), '--out', out());
    expect(await exitCode(child)).toBe(0);
    expect(await child.output).toContain('1 of 1 images have their thumbnails');
  });

  test('a path that is not there is a mistake in the command', async () => {
    expect(await exitCode(start('--drop', join(folder, 'nowhere')))).toBe(2);
  });
});

test('a port that is taken is said so', async () => {
  const first = start('--port', '0', '--json');
  const [line] = await once(createInterface({ input: first.stdout as NodeJS.ReadableStream }), 'line');
  const { port } = new URL(JSON.parse(line).s3);
  const second = start('--port', port, '--data', join(folder, 'other data'));
  const [errors] = await Promise.all([text(second.stderr as NodeJS.ReadableStream), exitCode(second)]);
  expect(errors).toBe(
    `Port ${port} is taken by another program. Choose another with --port N, or any free one with --port 0.\n`,
  );
  first.kill('SIGTERM');
  expect(await exitCode(first)).toBe(0);
});
