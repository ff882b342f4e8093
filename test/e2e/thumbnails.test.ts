import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { requires } from '../support/requires';
import { attach, givenTarget } from './attach';
import type { Deployed, Image } from './deployed';
import { type Installation, install, photo } from './harness';

/** Against the local cloud, or against a stack that is deployed already (`npm run test:cloud`, test/deploy). */
const target = givenTarget();

let miniaturas: Deployed;
/** The same in the local cloud, for what it alone can tell. */
let local: Installation;
beforeAll(async () => {
  if (target) miniaturas = attach(target);
  else miniaturas = local = await install();
});
afterAll(() => miniaturas.stop());

const { test: onlyLocally } = requires(!target, 'the local cloud');

/** The thumbnail of these very bytes, once it is there. */
async function thumbnailOf(key: string, bytes: Uint8Array | string): Promise<Image | undefined> {
  const etag = await miniaturas.put(key, bytes);
  return miniaturas.eventually(
    () => miniaturas.thumbnail(key),
    thumbnail => thumbnail?.metadata['source-etag'] === etag,
  );
}

function noThumbnailOf(key: string): Promise<Image | undefined> {
  return miniaturas.eventually(
    () => miniaturas.thumbnail(key),
    thumbnail => thumbnail === undefined,
  );
}

/** The dead letters, once there is one about a source. */
function deadLettersWith(key: string) {
  return miniaturas.eventually(
    () => miniaturas.deadLetters(),
    letters => letters.some(letter => letter.key === key),
  );
}

/** A key that has, in the bucket, as many bytes as asked for. */
function keyOf(bytes: number, letter: string): string {
  const room = bytes - miniaturas.folder.length - '.jpg'.length;
  const letters = letter.repeat(Math.floor(room / Buffer.byteLength(letter)));
  return `${letters.padEnd(letters.length + room - Buffer.byteLength(letters), 'x')}.jpg`;
}

test.each(['foto.jpg', 'vacaciones/año nuevo (1) +ñ.JPG', '🎄/100% “fun” & more=1?.jpeg', 'a//b/../c.jpg'])(
  '%s gets its thumbnail',
  async key => {
    const thumbnail = await thumbnailOf(key, await photo());
    expect(thumbnail).toMatchObject({ contentType: 'image/jpeg', width: 200, height: 150 });
    expect(thumbnail?.metadata).toMatchObject({ 'source-width': '640', 'source-height': '480' });
  },
);

test('a key that just leaves room for its thumbnail’s gets it', async () => {
  expect(await thumbnailOf(keyOf(1013, 'ñ'), await photo())).toMatchObject({ width: 200, height: 150 });
});

test('a thumbnail is upright and as wide as its source is seen', async () => {
  // Red left, blue right, to be turned a quarter to the right: red above, blue below.
  const halves = await sharp({ create: { width: 400, height: 200, channels: 3, background: '#ff0000' } })
    .composite([
      {
        input: { create: { width: 200, height: 200, channels: 3, background: '#0000ff' } },
        left: 200,
        top: 0,
      },
    ])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const thumbnail = await thumbnailOf('turned.jpg', halves);
  expect(thumbnail).toMatchObject({ width: 100, height: 200 });
  expect(await pixel(thumbnail?.bytes, 50, 20)).toEqual(near([254, 0, 0]));
  expect(await pixel(thumbnail?.bytes, 50, 180)).toEqual(near([0, 0, 254]));
});

test('what is transparent shows the background', async () => {
  const clear = await sharp({ create: { width: 300, height: 300, channels: 4, background: '#00000000' } })
    .png()
    .toBuffer();
  const thumbnail = await thumbnailOf('clear.png', clear);
  expect(await pixel(thumbnail?.bytes, 100, 100)).toEqual(near([255, 255, 255]));
});

test('a small image stays small', async () => {
  expect(
    await thumbnailOf(
      'small.gif',
      await sharp(await photo({ width: 30, height: 20 }))
        .gif()
        .toBuffer(),
    ),
  ).toMatchObject({
    contentType: 'image/jpeg',
    width: 30,
    height: 20,
  });
});

test.each([
  ['text.jpg', 'This is a text.', 'unsupported'],
  ['empty.png', '', 'empty'],
])('%s gets none, and the dead-letter queue says why', async (key, bytes, reason) => {
  await miniaturas.put(key, bytes);
  expect(await deadLettersWith(key)).toContainEqual({ key, reason, detail: expect.any(String) });
  expect(await miniaturas.thumbnail(key)).toBeUndefined();
});

test('a key that leaves no room for its thumbnail’s is rejected for it', async () => {
  const key = keyOf(1020, 'x');
  await miniaturas.put(key, await photo());
  expect(await deadLettersWith(key)).toContainEqual(expect.objectContaining({ key, reason: 'key too long' }));
});

onlyLocally('the log can be searched by outcome and reason', async () => {
  await local.put('log.jpg', 'This is a text.');
  await local.cloud.drain();
  const events = local.log
    .filter(line => line.includes('{'))
    .map(line => JSON.parse(line.replace(/^.*?\{/, '{')));
  const found = events.filter(
    ({ message }) => message.outcome === 'rejected' && message.reason === 'unsupported',
  );
  expect(found).toContainEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'INFO',
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    message: expect.objectContaining({ key: 'log.jpg', detail: expect.any(String) }),
  });
});

test('what has another extension gets no thumbnail, image or not', async () => {
  await miniaturas.put('photo.txt', await photo());
  expect(await thumbnailOf('after.jpg', await photo())).toBeDefined();
  expect(await miniaturas.thumbnail('photo.txt')).toBeUndefined();
});

onlyLocally('what has another extension is not even looked at', async () => {
  const before = local.cloud.counters.received;
  await local.put('notes.txt', 'This is a text.');
  await local.cloud.drain();
  expect(local.cloud.counters.received).toBe(before);
});

test('a replaced source gets a new thumbnail, a removed one loses it', async () => {
  const first = await thumbnailOf('album/changing.jpg', await photo());
  const second = await thumbnailOf('album/changing.jpg', await photo({ width: 480, height: 640 }));
  expect([first?.width, second?.width]).toEqual([200, 150]);
  await miniaturas.remove('album/changing.jpg');
  expect(await noThumbnailOf('album/changing.jpg')).toBeUndefined();
});

test('a source replaced by what is no image loses its thumbnail', async () => {
  expect(await thumbnailOf('spoilt.jpg', await photo())).toBeDefined();
  await miniaturas.put('spoilt.jpg', 'This is a text.');
  expect(await noThumbnailOf('spoilt.jpg')).toBeUndefined();
});

test('a multipart upload and a server-side copy are sources like others', async () => {
  const { s3, bucket, folder } = miniaturas;
  const noise = await sharp({
    create: {
      width: 4000,
      height: 3000,
      channels: 3,
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
      background: '#000',
    },
  })
    .jpeg({ quality: 100 })
    .toBuffer();
  const part = 8 * 1024 * 1024;
  expect(noise.byteLength).toBeGreaterThan(part);
  const upload = { Bucket: bucket, Key: `${folder}large/noise.jpg` };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
  const Parts = [];
  for (let i = 0; i * part < noise.byteLength; i++) {
    const PartNumber = i + 1;
    const Body = noise.subarray(i * part, PartNumber * part);
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
  await s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: `${folder}copy/noise.jpg`,
      CopySource: `${bucket}/${folder}large/noise.jpg`,
    }),
  );
  for (const key of ['large/noise.jpg', 'copy/noise.jpg']) {
    const thumbnail = await miniaturas.eventually(
      () => miniaturas.thumbnail(key),
      seen => seen !== undefined,
    );
    expect(thumbnail).toMatchObject({ width: 200, height: 150 });
  }
});

onlyLocally('the test button of the console gets the documents’ answer', async () => {
  await local.put('button 1.jpg', await photo());
  const { cloud, bucket } = local;
  const record = (key: string) => ({ s3: { bucket: { name: bucket }, object: { key } } });
  const name = cloud.resources.find(({ type }) => type === 'AWS::Lambda::Function')?.name as string;
  expect(await cloud.invoke(name, { Records: [record('button+1.jpg'), record('button+1.jpg')] })).toEqual({
    kind: 'answered',
    answer: {
      statusCode: 200,
      body: 'Miniatura de button 1.jpg generada con éxito.\nMiniatura de button 1.jpg generada con éxito.',
    },
  });
});

/** A pixel's red, green and blue. */
async function pixel(bytes: Uint8Array | undefined, left: number, top: number): Promise<number[]> {
  return [...(await sharp(bytes).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

/** Numbers within what JPEG may change of a plain colour. */
function near(numbers: readonly number[]) {
  return numbers.map(number => ({ asymmetricMatch: (other: number) => Math.abs(other - number) <= 6 }));
}
