import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, waitUntilObjectExists } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { claimFolder } from '../../local/lock';
import { type Connection, localClients } from '../../ops/connection';
import { photo, synthesizeStack } from '../e2e/harness';
import { writeAssembly } from '../local/fixture';
import { ENDURANCE } from '../support/requires';
import { firstLine, runCommand, startCommand } from './installation';

/**
 * Copies what it does not reject, with the source's ETag; `bad` bytes go to the dead-letter queue with a reason, as our
 * function does it, and of `ignored` bytes nothing is heard, and `slow` ones are never done.
 */
const HANDLER = `
  const s3 = key => process.env.AWS_ENDPOINT_URL + '/' + process.env.BUCKET + '/' + encodeURIComponent(key);
  for (const { body } of event.Records) for (const record of JSON.parse(body).Records ?? []) {
    const key = decodeURIComponent(record.s3.object.key.replaceAll('+', ' '));
    if (key.startsWith('miniaturas/')) continue;
    const source = await fetch(s3(key));
    const bytes = await source.arrayBuffer();
    const words = Buffer.from(bytes).toString();
    if (words === 'ignored') continue;
    if (words === 'slow') await new Promise(() => setInterval(() => {}, 1000));
    if (words !== 'bad') {
      const headers = { 'x-amz-meta-source-etag': source.headers.get('etag') };
      await fetch(s3('miniaturas/' + key), { method: 'PUT', body: bytes, headers });
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
let image: Buffer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drop-'));
  mkdirSync(at('photos'));
  image = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  writeFileSync(at('photos/año (1) +ñ.png'), image);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);
const dropped = (...args: string[]) =>
  runCommand('start', ['--drop', at('photos'), '--data', at('data'), '--out', at('out'), ...args]);

/** An assembly with the handler above, for the options of `npm start`. */
function assembly(variants: readonly object[] = [{ prefix: 'miniaturas/', suffix: '' }]): string[] {
  writeAssembly(at('cdk.out'), at('records'), {
    handler: HANDLER,
    notifications: [{ event: 's3:ObjectCreated:*', suffix: '.png' }],
    environment: {
      MINIATURAS_SETTINGS: JSON.stringify({ variants }),
      DEAD_LETTERS: { Ref: 'DeadLetterQueue' },
    },
  });
  return ['--assembly', at('cdk.out')];
}

describe('where no local cloud runs', () => {
  test('it brings each thumbnail here, names what is skipped, and succeeds', async () => {
    writeFileSync(at('photos/notes.txt'), 'not for this bucket');
    writeFileSync(at('photos/.hidden.png'), 'hidden');
    const { code, out } = await dropped(...assembly());
    expect(code).toBe(0);
    expect(out).toMatch(/año \(1\) \+ñ\.png {2}30 × 20 px {2}\d+ bytes {2}\d+ ms/);
    expect(out).toContain('notes.txt: skipped, it has an extension that S3 does not announce');
    expect(out).toContain('1 of 1 images have their thumbnails');
    expect(readFileSync(at('out/photos/año (1) +ñ.png'))).toEqual(image);
  });

  test('an image that has no thumbnail is told with the reason, and exit code 1', async () => {
    writeFileSync(at('photos/bad.png'), 'bad');
    writeFileSync(at('photos/ignored.png'), 'ignored');
    const { code, out } = await dropped(...assembly());
    expect(code).toBe(1);
    expect(out).toContain('bad.png: no thumbnail. unsupported: It is bad.');
    expect(out).toContain('ignored.png: no thumbnail. Nothing more is under way, and no reason is known');
    expect(out).toContain('1 of 3 images have their thumbnails');
  });

  test('--json gives a line of JSON a result', async () => {
    writeFileSync(at('photos/bad.png'), 'bad');
    writeFileSync(at('photos/notes.txt'), 'not for this bucket');
    const { code, out } = await dropped(...assembly(), '--json');
    expect(code).toBe(1);
    const results = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(results).toEqual([
      expect.objectContaining({ outcome: 'skipped', path: at('photos/notes.txt') }),
      expect.objectContaining({ outcome: 'created', key: 'photos/año (1) +ñ.png', width: 30, height: 20 }),
      expect.objectContaining({ outcome: 'failed', key: 'photos/bad.png', why: 'unsupported: It is bad.' }),
    ]);
  });

  test('no thumbnail is expected of a variant that is for other folders', async () => {
    const variants = [
      { prefix: 'miniaturas/', suffix: '' },
      { prefix: 'covers/', suffix: '', from: ['albums/'] },
    ];
    const { code, out } = await dropped(...assembly(variants));
    expect(code).toBe(0);
    expect(out).toContain('1 of 1 images have their thumbnails');
  });

  test('a copy has the extension of what it is', async () => {
    rmSync(at('photos'), { recursive: true });
    mkdirSync(at('photos'));
    writeFileSync(at('photos/a.png'), await photo({ width: 30, height: 20 }));
    expect((await dropped(...assembly())).code).toBe(0);
    expect(existsSync(at('out/photos/a.png.jpg'))).toBe(true);
  });

  test('a path that is not there is a mistake in the command', async () => {
    expect((await runCommand('start', [...assembly(), '--drop', at('nowhere')])).code).toBe(2);
  });

  test('it waits for a process that has the data folder and is not ready', async () => {
    const release = claimFolder(at('data'));
    const args = ['--drop', at('photos'), '--data', at('data'), '--out', at('out'), ...assembly()];
    const { child, said } = startCommand('start', args);
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    release();
    const { code, err } = await said;
    expect(code).toBe(0);
    expect(err).toContain('is not ready, or drops files itself: waiting for it');
  });
});

describe('where a local cloud runs', () => {
  let cloud: ReturnType<typeof startCommand>;
  let connection: Connection;
  let clients: ReturnType<typeof localClients>;
  beforeEach(async () => {
    cloud = startCommand('start', [...assembly(), '--data', at('data'), '--port', '0', '--json']);
    connection = JSON.parse(await firstLine(cloud.child));
    clients = localClients(connection.s3);
  });
  afterEach(async () => {
    clients.s3.destroy();
    clients.sqs.destroy();
    cloud.child.kill('SIGKILL');
    await cloud.said;
  });

  const bucket = () => ({ Bucket: connection.bucket });

  test('it drops into that one, which goes on', async () => {
    writeFileSync(at('photos/bad.png'), 'bad');
    const { code, out } = await dropped('--json');
    expect(code).toBe(1);
    expect(out).toContain('"outcome":"created"');
    expect(out).toContain('"why":"unsupported: It is bad."');
    expect(readFileSync(at('out/photos/año (1) +ñ.png'))).toEqual(image);

    const Key = 'miniaturas/photos/año (1) +ñ.png';
    const { ContentLength } = await clients.s3.send(new GetObjectCommand({ ...bucket(), Key }));
    expect(ContentLength).toBe(image.byteLength);
    // The failure is still there for others to see.
    const { out: failures } = await runCommand('failures', ['--local', '--data', at('data')]);
    expect(failures).toContain('photos/bad.png');
  });

  test('an older thumbnail of the same bytes is not taken for a new one', async () => {
    const etag = `"${createHash('md5').update(image).digest('hex')}"`;
    await clients.s3.send(
      new PutObjectCommand({
        ...bucket(),
        Key: 'miniaturas/photos/año (1) +ñ.png',
        Body: await photo(),
        Metadata: { 'source-etag': etag },
      }),
    );
    expect((await dropped()).code).toBe(0);
    expect(readFileSync(at('out/photos/año (1) +ñ.png'))).toEqual(image);
  });

  test('options that would start another are refused', async () => {
    const { code, err } = await dropped('--assembly', at('cdk.out'));
    expect(code).toBe(2);
    expect(err).toContain('a local cloud runs on');
  });

  test('it starts its own once that one was killed', async () => {
    cloud.child.kill('SIGKILL');
    await cloud.said;
    expect(existsSync(at('data/cloud.json'))).toBe(true);
    expect((await dropped('--assembly', at('cdk.out'))).code).toBe(0);
    expect(existsSync(at('data/cloud.json'))).toBe(false);
  });

  test('Ctrl-C ends the waiting', async () => {
    writeFileSync(at('photos/slow.png'), 'slow');
    const args = ['--drop', at('photos'), '--data', at('data'), '--out', at('out')];
    const { child, said } = startCommand('start', args);
    const Key = 'photos/slow.png';
    await waitUntilObjectExists({ client: clients.s3, minDelay: 0.1, maxWaitTime: 60 }, { ...bucket(), Key });
    child.kill('SIGINT');
    expect(await said).toMatchObject({ code: 130, err: 'Interrupted.\n' });
  });
});

const IMAGES = ENDURANCE ? 500 : 60;
const ON_LINUX = process.platform === 'linux';

test(`a folder with ${IMAGES} images, three of them bad, and what is no image: few lines, each failure, exit code 1`, async () => {
  rmSync(at('photos'), { recursive: true });
  mkdirSync(at('photos/album'), { recursive: true });
  const good = await photo();
  const bad: Record<number, string | Buffer> = { 7: 'This is a text.', 23: '', 41: good.subarray(0, 20) };
  for (let i = 0; i < IMAGES; i++) writeFileSync(at(`photos/album/${i}.jpg`), bad[i] ?? good);
  symlinkSync(at('photos'), at('photos/album/loop'));
  symlinkSync(at('nowhere'), at('photos/broken.jpg'));
  // A regular file of which not a byte can be read, not even by root; without Linux, a broken link once more.
  symlinkSync('/proc/self/mem', at('photos/unreadable.jpg'));
  execFileSync('mkfifo', [at('photos/pipe.jpg')]);
  synthesizeStack(at('cdk.out'));

  const { code, out } = await dropped('--assembly', at('cdk.out'));
  expect(code).toBe(1);
  const lines = out.trim().split('\n');
  const about = (path: string) => lines.filter(line => line.startsWith(`${at('photos', path)}: `));
  expect(about('album/loop')).toEqual([
    expect.stringContaining('skipped, it leads to what is dropped already'),
  ]);
  expect(about('broken.jpg')).toEqual([expect.stringContaining('skipped, it leads nowhere')]);
  expect(about('pipe.jpg')).toEqual([expect.stringContaining('skipped, it is a named pipe')]);
  expect(about('unreadable.jpg')).toEqual([
    expect.stringMatching(ON_LINUX ? /It could not be uploaded: EIO/ : /leads nowhere/),
  ]);
  expect(about('album/7.jpg')).toEqual([expect.stringContaining('no thumbnail. unsupported: ')]);
  expect(about('album/23.jpg')).toEqual([expect.stringContaining('no thumbnail. empty: ')]);
  expect(about('album/41.jpg')).toEqual([expect.stringContaining('no thumbnail. ')]);
  expect(lines.slice(-2)).toEqual([
    `${IMAGES - 3} of ${ON_LINUX ? IMAGES + 1 : IMAGES} images have their thumbnails, in ${at('out')}.`,
    '(--verbose lists them.)',
  ]);
  expect(lines).toHaveLength(9);
}, 600_000);
