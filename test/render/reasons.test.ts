import { brotliCompressSync } from 'node:zlib';
import { bmp } from '../support/bmp';
import { quarters } from './pictures';
import { reject, renderOne } from './variants';

describe('reasons in plain words', () => {
  test.each([
    ['no bytes', Buffer.alloc(0), 'empty', 'The source has no bytes.'],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n'), 'unsupported', 'looks like a PDF document'],
    ['text', Buffer.from('Dear diary,\n'), 'unsupported', 'looks like text'],
    ['HTML', Buffer.from('<!DOCTYPE html><html></html>'), 'unsupported', 'looks like an HTML page'],
    ['a ZIP', Buffer.from('PK\x03\x04\0\0\0\0'), 'unsupported', 'looks like a ZIP archive'],
    ['a video', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0'), 'unsupported', 'looks like a video'],
    ['noise', brotliCompressSync(Buffer.from('noise')), 'unsupported', 'looks like nothing that we know'],
    [
      'MVG',
      Buffer.from("push graphic-context\nimage over 0,0 0,0 'file:///etc/passwd'\n"),
      'unsupported',
      'looks like text',
    ],
    [
      'MSL',
      Buffer.from('<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>'),
      'unsupported',
      'an XML document',
    ],
    [
      'a broken SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><g>'),
      'damaged',
      'an SVG image that is damaged',
    ],
    [
      'a PNG of nothing',
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      'damaged',
      'a PNG image that is damaged beyond showing',
    ],
    [
      'a HEIC of nothing',
      Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'),
      'damaged',
      'a HEIC image that is damaged beyond showing',
    ],
  ])('%s', async (_, source, reason, words) => {
    const rejected = await reject(source);
    expect(rejected.reason).toBe(reason);
    expect(rejected.detail).toContain(words);
    expect(rejected.detail).not.toMatch(/\n|undefined/);
  });

  test('a format that is switched off', async () => {
    expect(await reject(bmp({}), { otherFormats: false })).toEqual({
      kind: 'rejected',
      reason: 'unsupported',
      detail: 'The source looks like a BMP image, which is read with otherFormats only.',
    });
    await expect(renderOne(bmp({}))).resolves.toMatchObject({ decoder: 'own', format: 'bmp' });
  });
});

test('damage is gone past, and marked', async () => {
  const whole = await quarters(600, 400).jpeg().toBuffer();
  await expect(renderOne(whole)).resolves.toMatchObject({ decoder: 'sharp', damaged: false });
  const half = whole.subarray(0, whole.length * 0.7);
  await expect(renderOne(half)).resolves.toMatchObject({
    decoder: 'sharp tolerant',
    damaged: true,
    size: [200, 133],
  });
});

describe('SVG', () => {
  const svg = (content: string) =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40">${content}</svg>`,
    );

  test('is drawn', async () => {
    await expect(renderOne(svg('<rect width="40" height="40" fill="red"/>'))).resolves.toMatchObject({
      format: 'svg',
      size: [40, 40],
    });
  });

  test('cannot make us read a file or a URL', async () => {
    const red = '<rect width="40" height="40" fill="#ff0000"/>';
    const plain = await renderOne(svg(red), { format: 'png' });
    for (const href of [
      `file://${__dirname}/../../package.json`,
      'http://127.0.0.1:9/x.png',
      __filename,
      '/etc/passwd',
    ]) {
      const image = await renderOne(svg(`${red}<image xlink:href="${href}" width="40" height="40"/>`), {
        format: 'png',
      });
      expect(image.bytes).toEqual(plain.bytes);
    }
    const entity = Buffer.from(
      `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text y="20">&x;</text>')}`,
    );
    expect(await reject(entity)).toMatchObject({ reason: 'damaged' });
  });
});
