import { gzipSync } from 'node:zlib';
import sharp from 'sharp';

const MIB = 2 ** 20;

export function svg(content: string, { size = 200, doctype = '' } = {}): Buffer {
  const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  return Buffer.from(`${doctype}<svg ${names} width="${size}" height="${size}">${content}</svg>`);
}

export const rects = (count: number) => '<rect/>'.repeat(count);
export const image = (href: string) => `<image width="200" height="200" xlink:href="${href}"/>`;
export const BLUR = '<feGaussianBlur stdDeviation="50"/>';

/** One rectangle through a filter. */
export function filtered(size: number, primitives: string): Buffer {
  const rect = `<rect width="${size}" height="${size}" filter="url(#f)"/>`;
  return svg(`<filter id="f">${primitives}</filter>${rect}`, { size });
}

/** librsvg takes minutes for it at 1600 px, and looks at no clock and no limit meanwhile. */
export const SLOW_SVG = filtered(4000, '<feMorphology operator="dilate" radius="400"/>'.repeat(40));

/** An SVG that is refused by what it would take, and how that is said; undefined where others may say it too. */
export type RefusedSvg = readonly [name: string, source: Buffer, words: string | undefined];

/** SVGs that would take too much. */
export async function refusedSvgs(): Promise<RefusedSvg[]> {
  const large = sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'red' } });
  const png = (await large.png().toBuffer()).toString('base64');
  const pngImage = image(`data:image/png;base64,${png}`);
  const inside = (inner: Buffer) => svg(image(`data:image/svg+xml;base64,${inner.toString('base64')}`));
  const nested = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`);
  const tooMuchMemory = 'MiB of memory as an SVG image';
  return [
    ['text', svg(' '.repeat(4 * MIB)), 'has more than 4 MiB of text'],
    ['text, compressed', gzipSync(svg(' '.repeat(100 * MIB))), 'has more than 4 MiB of text'],
    ['elements', svg(rects(50_001)), 'has 50002 elements; the limit is 50000'],
    [
      'elements in an entity',
      svg('&a;'.repeat(200), { doctype: `<!DOCTYPE svg [<!ENTITY a "${rects(300)}">]>` }),
      'has 60301 elements',
    ],
    [
      'entities of entities',
      svg('&e9;', { doctype: `<!DOCTYPE svg [<!ENTITY e0 "lol">${nested.join('')}]>` }),
      undefined,
    ],
    ['pictures', svg(image('data:,').repeat(1001)), 'holds 1001 pictures'],
    ['a picture inside', svg(pngImage), tooMuchMemory],
    [
      'a picture behind references to characters',
      svg(image(`d&#97;t&#x61;:image/png;base64,${png}`)),
      tooMuchMemory,
    ],
    [
      'a picture behind an entity',
      svg(image(`&d;,${png}`), { doctype: '<!DOCTYPE svg [<!ENTITY d "data:image/png;base64">]>' }),
      tooMuchMemory,
    ],
    ['a picture in an SVG in it', inside(svg(pngImage)), tooMuchMemory],
    ['SVGs inside each other', inside(inside(svg(rects(1)))), 'holds an SVG image that holds another'],
  ];
}

/** SVGs that would take a lot at their own size, and are drawn at that of the thumbnail. */
export function drawnSvgs(): (readonly [name: string, source: Buffer])[] {
  const nestedMasks = Array.from(
    { length: 20 },
    (_, i) => `<mask id="m${i}"><rect width="4000" height="4000" fill="#fff" mask="url(#m${i + 1})"/></mask>`,
  ).join('');
  const wide = filtered(2000, BLUR).toString().replace('id="f"', 'id="f" x="-1000%" width="3000%"');
  return [
    ['a blur of 10,000 × 10,000 px', filtered(10_000, BLUR)],
    ['40 filter primitives', filtered(2000, BLUR.repeat(40))],
    [
      '20 masks, one in the other',
      svg(`${nestedMasks}<rect width="4000" height="4000" mask="url(#m0)"/>`, { size: 4000 }),
    ],
    [
      '200 transparent groups, one in the other',
      svg(`${'<g opacity=".9">'.repeat(200)}${rects(1)}${'</g>'.repeat(200)}`),
    ],
    ['a filter far beyond the picture', Buffer.from(wide)],
    ['49,000 elements', svg(rects(49_000))],
    ['a path of 3 MiB', svg(`<path d="M0 0${'L1 1'.repeat(700_000)}"/>`)],
  ];
}
