import sharp from 'sharp';
import { bmp } from '../support/bmp';
import { type Installation, install, photo } from './harness';

let miniaturas: Installation;
beforeAll(async () => {
  miniaturas = await install({
    variants: [
      { prefix: 'small/', width: 100, height: 100, fit: 'cover', cacheControl: 'max-age=86400' },
      { prefix: 'large/', width: 400, height: 400, format: 'webp' },
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
  expect(await miniaturas.keys()).toEqual([
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
