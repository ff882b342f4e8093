import sharp from 'sharp';
import { FORMATS } from '../../lambda/thumbnail/model/variant';
import { quarters } from './pictures';
import { renderOne } from './variants';

const SECRET = 'somewhere over the rainbow';

function tagged(format: 'jpeg' | 'png' | 'webp' | 'tiff', size: number): Promise<Buffer> {
  return quarters(size, size)
    .withExif({
      IFD0: { Artist: 'Ana Núñez', Copyright: '© 2026 Ana', Make: SECRET, ImageDescription: SECRET },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSMapDatum: SECRET },
    })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>${SECRET}</rdf></x:xmpmeta>`)
    .withIccProfile('srgb')
    .toFormat(format)
    .toBuffer();
}

const sources = (['jpeg', 'png', 'webp', 'tiff'] as const).flatMap(from =>
  [16, 300].map(size => ({ from, size })),
);

describe.each(FORMATS)('as %s', format => {
  test.each(sources)('no metadata leaks from a $from of $size px', async ({ from, size }) => {
    const source = await tagged(from, size);
    expect(source.includes(SECRET)).toBe(true);
    const { bytes } = await renderOne(source, { format });
    const { exif, xmp, icc, iptc, comments } = await sharp(bytes).metadata();
    expect({ exif, xmp, icc, iptc, comments }).toEqual({});
    expect(Buffer.from(bytes).includes(SECRET)).toBe(false);
  });

  test('artist and copyright stay on request, and nothing else', async () => {
    const { bytes } = await renderOne(await tagged('jpeg', 300), { format }, { keepCopyright: true });
    const buffer = Buffer.from(bytes);
    // Exif texts are ASCII; libvips spells the rest in it.
    expect(buffer.includes('Ana Nunez')).toBe(true);
    expect(buffer.includes('(C) 2026 Ana')).toBe(true);
    expect(buffer.includes(SECRET)).toBe(false);
    const { xmp, icc } = await sharp(bytes).metadata();
    expect({ xmp, icc }).toEqual({});
  });
});
