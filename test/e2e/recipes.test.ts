import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { bmp } from '../support/bmp';
import { type Installation, install, photo } from './harness';

let miniaturas: Installation;
beforeAll(async () => {
  miniaturas = await install({
    variants: [
      { prefix: 'small/', width: 100, height: 100, fit: 'cover', cacheControl: 'max-age=86400' },
      { prefix: 'large/', width: 400, height: 400, format: 'webp' },
      { prefix: 'strip/', from: ['panorama'], height: 100, format: 'webp' },
      { prefix: 'logos-only/', from: ['logos/'], width: 32, format: 'png' },
    ],
  });
});
afterAll(() => miniaturas.stop());

test('every variant gets its thumbnail, from one source, where it is for it', async () => {
  await miniaturas.put(
    'logos/acme.png',
    await sharp(await photo())
      .png()
      .toBuffer(),
  );
  await miniaturas.put('foto.jpg', await photo());
  await miniaturas.cloud.drain();
  const keys = await miniaturas.keys();
  expect(keys.filter(key => /foto|acme/.test(key))).toEqual([
    'foto.jpg',
    'large/foto.jpg',
    'large/logos/acme.png',
    'logos-only/logos/acme.png',
    'logos/acme.png',
    'small/foto.jpg',
    'small/logos/acme.png',
  ]);
  expect(await miniaturas.image('small/foto.jpg')).toMatchObject({
    contentType: 'image/jpeg',
    cacheControl: 'max-age=86400',
    width: 100,
    height: 100,
  });
  expect(await miniaturas.image('large/foto.jpg')).toMatchObject({
    contentType: 'image/webp',
    cacheControl: undefined,
    width: 400,
    height: 300,
  });
  expect(await miniaturas.image('logos-only/logos/acme.png')).toMatchObject({
    contentType: 'image/png',
    width: 32,
  });
});

test('a thumbnail says what its source was, and shows a placeholder of it', async () => {
  await miniaturas.put('seen.jpg', await photo());
  await miniaturas.cloud.drain();
  expect((await miniaturas.image('small/seen.jpg'))?.metadata).toEqual({
    'source-etag': expect.stringMatching(/^"[0-9a-f]{32}"$/),
    'source-width': '640',
    'source-height': '480',
    thumbhash: expect.stringMatching(/^[A-Za-z0-9+/]{20,40}=*$/),
  });
});

test('cover keeps the point that the source names; the log tells of one that it cannot understand', async () => {
  const { s3, bucket, cloud, image, outcomes } = miniaturas;
  const Body = await sharp({ create: { width: 300, height: 100, channels: 3, background: 'blue' } })
    .composite([
      { input: { create: { width: 100, height: 100, channels: 3, background: 'red' } }, left: 200, top: 0 },
    ])
    .png()
    .toBuffer();
  const put = (Key: string, focus: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, Metadata: { focus } }));
  const middle = async (key: string) => {
    const { dominant } = await sharp((await image(`small/${key}`))?.bytes).stats();
    return dominant.r > dominant.b ? 'red' : 'blue';
  };
  await put('right.png', '0.9,0.5');
  await put('odd.png', 'the right');
  await cloud.drain();
  expect([await middle('right.png'), await middle('odd.png')]).toEqual(['red', 'blue']);
  const odd = outcomes('created').filter(({ source }) => (source as { focus?: string }).focus);
  expect(odd.map(({ key }) => key)).toEqual(['odd.png']);

  // The same bytes with another point: the same ETag.
  await put('right.png', '0.1,0.5');
  await cloud.drain();
  expect(await middle('right.png')).toBe('blue');
});

test('a variant that cannot be made costs the others nothing, and its older thumbnail goes', async () => {
  const { put, keys, cloud, deadLetters } = miniaturas;
  const key = 'panorama.png';
  await put(key, await photo());
  await cloud.drain();
  expect(await keys('strip/')).toContain(`strip/${key}`);
  const strip = { width: 16_400, height: 20, channels: 3, background: 'green' } as const;
  await put(key, await sharp({ create: strip }).png().toBuffer());
  await cloud.drain();
  expect(await keys('strip/')).not.toContain(`strip/${key}`);
  expect((await miniaturas.image(`large/${key}`))?.width).toBe(400);
  expect(await deadLetters()).toEqual([
    {
      key,
      reason: 'too large',
      detail: 'strip/: The thumbnail would have 16400 × 20 px; webp takes 16383 px a side.',
    },
  ]);
});

test('an object that we did not make is neither overwritten nor removed, and is told of', async () => {
  const { put, remove, image, cloud, deadLetters, s3, bucket } = miniaturas;
  const key = 'mine.png';
  const own = await photo({ background: '#123456' });
  await put(`small/${key}`, own);
  await put(key, await photo());
  await cloud.drain();
  expect(await deadLetters()).toEqual([
    {
      key,
      reason: 'key taken',
      detail: expect.stringMatching(/^small\/: The object small\/mine.png is no thumbnail/),
    },
  ]);
  expect((await image(`large/${key}`))?.width).toBe(400);
  await remove(key);
  await cloud.drain();
  expect(await image(`large/${key}`)).toBeUndefined();
  expect(Buffer.from((await image(`small/${key}`))?.bytes ?? [])).toEqual(own);

  // Once it is out of the way the thumbnail is made.
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `small/${key}` }));
  await put(key, await photo());
  await cloud.drain();
  expect((await image(`small/${key}`))?.metadata['source-etag']).toBeDefined();
});

test('a damaged image is shown as far as it goes, and marked', async () => {
  const whole = await photo({ width: 1200, height: 900 });
  await miniaturas.put('cut.jpg', whole.subarray(0, whole.byteLength * 0.7));
  await miniaturas.cloud.drain();
  expect(await miniaturas.image('large/cut.jpg')).toMatchObject({
    width: 400,
    metadata: { damaged: 'true' },
  });
});

test('what sharp does not read comes from ImageMagick, in its layer', async () => {
  await miniaturas.put('old.bmp', bmp({ width: 64, height: 48 }));
  await miniaturas.cloud.drain();
  expect(await miniaturas.image('large/old.bmp')).toMatchObject({ width: 64, height: 48 });
  expect(miniaturas.outcomes('created').at(-1)).toMatchObject({
    source: { format: 'bmp', decoder: 'own' },
  });
});

test('without ImageMagick such an image is rejected, and it is said what would read it', async () => {
  const plain = await install({ otherFormats: false });
  try {
    await plain.put('named.jpg', bmp({ width: 64, height: 48 }));
    await plain.cloud.drain();
    expect(plain.outcomes('rejected')).toEqual([
      expect.objectContaining({
        reason: 'unsupported',
        detail: expect.stringMatching(/BMP image.*otherFormats/),
      }),
    ]);
  } finally {
    await plain.stop();
  }
});

test('what is over a limit is rejected with the limit’s name, before its bytes are read', async () => {
  const limited = await install({ limits: { sourceMiB: 1, megapixels: 2 } });
  try {
    await limited.put('heavy.jpg', Buffer.alloc(2 * 2 ** 20));
    await limited.put('wide.jpg', await photo({ width: 3000, height: 1000 }));
    await limited.cloud.drain();
    expect(await limited.deadLetters()).toEqual(
      expect.arrayContaining([
        {
          key: 'heavy.jpg',
          reason: 'too large',
          detail: expect.stringMatching(/2 MiB.*1 MiB \(limits\.sourceMiB\)/),
        },
        {
          key: 'wide.jpg',
          reason: 'too large',
          detail: expect.stringMatching(/3000 × 1000.*limits\.megapixels/),
        },
      ]),
    );
  } finally {
    await limited.stop();
  }
});
