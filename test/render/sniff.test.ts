import { readHeader } from '../../lambda/thumbnail/render/read/header';
import { sniff } from '../../lambda/thumbnail/render/read/sniff';
import { seeds } from './seeds';
import { renderOne } from './variants';

const isoMedia = (major: string, ...compatible: string[]) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(16 + compatible.length * 4);
  return Buffer.concat([size, Buffer.from(`ftyp${major}\0\0\0\0${compatible.join('')}`)]);
};
const latin1 = (text: string) => Buffer.from(text.padEnd(200, '\0'), 'latin1');

describe('sniff', () => {
  test.each([
    [latin1('\xff\xd8\xff\xe0'), 'jpeg', 'JPEG'],
    [latin1('\x89PNG\r\n\x1a\n'), 'png', 'PNG'],
    [latin1('GIF89a'), 'gif', 'GIF'],
    [latin1('RIFF\0\0\0\0WEBPVP8 '), 'webp', 'WEBP'],
    [latin1('RIFF\0\0\0\0WAVEfmt '), 'unknown', undefined],
    [latin1('II*\0'), 'tiff', 'TIFF'],
    [latin1('MM\0*'), 'tiff', 'TIFF'],
    [latin1('MM\0+'), 'tiff', 'TIFF'],
    [isoMedia('heic', 'mif1', 'heic'), 'heic', 'HEIC'],
    [isoMedia('mif1', 'mif1', 'heic'), 'heic', 'HEIC'],
    [isoMedia('heix'), 'heic', 'HEIC'],
    [isoMedia('hevc', 'msf1'), 'heic', 'HEIC'],
    [isoMedia('msf1', 'hevc'), 'heic', 'HEIC'],
    [isoMedia('avif', 'mif1', 'miaf'), 'avif', 'AVIF'],
    [isoMedia('mif1', 'avif'), 'avif', 'AVIF'],
    [isoMedia('avis'), 'avif', 'AVIF'],
    [isoMedia('isom', 'mp42'), 'video', undefined],
    [isoMedia('qt  '), 'video', undefined],
    [isoMedia('crx ', 'isom'), 'raw', 'DNG'],
    [latin1('\0\0\0\x0cjP  \r\n\x87\n'), 'jp2', 'JP2'],
    [latin1('\xff\x4f\xff\x51'), 'j2k', 'J2K'],
    [latin1('\xff\x0a'), 'jxl', 'JXL'],
    [latin1('\0\0\0\x0cJXL \r\n\x87\n'), 'jxl', 'JXL'],
    [latin1('8BPS\0\x01'), 'psd', 'PSD'],
    [latin1('8BPS\0\x02'), 'psb', 'PSB'],
    [latin1(`BM${'\0'.repeat(12)}\x28\0\0\0`), 'bmp', 'BMP'],
    [latin1(`BM${'\0'.repeat(12)}\x7c\0\0\0`), 'bmp', 'BMP'],
    [latin1(`BA${'\0'.repeat(12)}BM${'\0'.repeat(12)}\x0c\0\0\0`), 'bmp', 'BMP'],
    [Buffer.from('BMW is a maker of cars.'), 'text', undefined],
    [latin1('\0\0\x01\0\x01\0\x10\x10\0\0'), 'ico', 'ICO'],
    [latin1('\0\0\x02\0\x01\0\x10\x10\0\0'), 'cur', 'CUR'],
    [latin1('II*\0\x10\0\0\0CR\x02\0'), 'raw', 'DNG'],
    [latin1('FUJIFILMCCD-RAW '), 'raw', 'DNG'],
    [latin1('IIRO\x08\0\0\0'), 'raw', 'DNG'],
    [latin1('IIU\0\x08\0\0\0'), 'raw', 'DNG'],
    [latin1('FOVb'), 'raw', 'DNG'],
    [latin1('\0MRM'), 'raw', 'DNG'],
    [latin1('II\x1a\0\0\0HEAPCCDR'), 'raw', 'DNG'],
    [latin1('P6 4 4 255\n'), 'pnm', 'PNM'],
    [Buffer.from('P3 1 1 255 0 0 0'), 'text', undefined],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg', undefined],
    [Buffer.from('<?xml version="1.0"?><!-- x --><svg/>'), 'svg', undefined],
    [Buffer.from('%PDF-1.4'), 'pdf', undefined],
    [Buffer.from('%!PS-Adobe-3.0 EPSF-3.0'), 'ps', undefined],
    [Buffer.from('push graphic-context'), 'text', undefined],
    [Buffer.from('id=ImageMagick  version=1.0\nclass=DirectClass'), 'text', undefined],
    [Buffer.from('/* XPM */'), 'text', undefined],
    [Buffer.from('MZ\x90\0', 'latin1'), 'program', undefined],
  ])('%j is %s', (bytes, format, magick) => {
    expect(sniff(bytes)).toMatchObject({ format, ...(magick && { magick }) });
    if (magick === undefined) expect(sniff(bytes).magick).toBeUndefined();
  });

  test('never names a format that runs, reads or guesses something', () => {
    const names = [
      ...new Set(
        Array.from({ length: 256 * 256 }, (_, i) => sniff(Uint8Array.of(i >> 8, i & 255, 0, 0)).magick),
      ),
    ];
    expect(
      names.filter(name =>
        /^(MVG|MSL|SVG|TEXT|TXT|LABEL|CAPTION|HTTPS?|FILE|URL|PS|EPS|PDF|INLINE)/.test(name ?? ''),
      ),
    ).toEqual([]);
  });
});

test('every format that we can write is recognized, its size known, and shown', async () => {
  for (const [name, bytes] of await seeds()) {
    const header = await readHeader(bytes);
    const { size, decoder } = await renderOne(bytes, { width: 50, height: 50 });
    expect([name, Math.max(...size)]).toEqual([name, name.includes('animated') ? 40 : 50]);
    expect([name, header.size]).not.toEqual([name, { width: 0, height: 0 }]);
    const isOwn = ['bmp', 'ico', 'cur'].includes(header.kind.format);
    const isSharp = header.kind.sharp || name === 'raw with preview';
    const other = header.kind.format === 'heic' ? 'heif' : 'magick';
    expect([name, decoder]).toEqual([name, isSharp ? 'sharp' : isOwn ? 'own' : other]);
  }
});
