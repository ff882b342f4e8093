import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { type Rejected, rejected } from '../../model/rendering';
import { startsWith } from './bytes';
import { Undecodable } from './undecodable';

/**
 * librsvg has no limit of memory of its own, and no clock: what an SVG may take is estimated from its text before librsvg sees
 * it. The figures were measured with sharp 0.35 (librsvg 2.63) and rounded up.
 */
export interface SvgContent {
  /** Inflated if it was compressed: what was looked through is what is rendered. */
  readonly text: Buffer;
  /** Of the document in memory, and of the pictures inside it, decoded. */
  readonly bytes: number;
  /** Buffers of the rendered size that filters and masks hold at once. */
  readonly surfaces: number;
}

const MIB = 2 ** 20;
const MAX_TEXT_MIB = 4;
const MAX_ELEMENTS = 50_000;
/** A picture inside an SVG may be an SVG; one inside that one is no drawing any more. */
const MAX_DEPTH = 1;
/** Each costs a look at its header. */
const MAX_PICTURES = 1000;
/** A path of 4 MiB took 156 MiB. */
const BYTES_PER_TEXT_BYTE = 40;
/** 150,000 empty `<rect/>` took 380 MiB, 262,000 `<g/>` 660 MiB. */
const BYTES_PER_ELEMENT = 2700;
/** A PNG of 144 megapixels took 1,520 MiB. */
const BYTES_PER_EMBEDDED_PIXEL = 12;
/** Elements with a filter or mask whose buffers may be held at once, one inside the other. */
const MAX_NESTED = 32;

/**
 * Looks through an SVG without a parser for XML.
 *
 * @param source plain or compressed by gzip
 * @returns what it will take, or why it is too large
 * @throws Undecodable where it is compressed and cannot be inflated
 */
export async function readSvg(source: Uint8Array, depth = 0): Promise<SvgContent | Rejected> {
  const text = startsWith(source, '\x1f\x8b') ? inflate(source) : source.subarray();
  if (text === undefined || text.byteLength > MAX_TEXT_MIB * MIB) return tooMuchText();
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const written = expandReferences(bytes.toString('latin1'));
  if (written === undefined) return tooMuchText();
  const elements = count(written, /<(?![/!?])/g);
  if (elements > MAX_ELEMENTS) {
    return rejected('too large', `The SVG image has ${elements} elements; the limit is ${MAX_ELEMENTS}.`);
  }
  const inner = await embedded(written, depth);
  if ('kind' in inner) return inner;
  return {
    text: bytes,
    bytes: written.length * BYTES_PER_TEXT_BYTE + elements * BYTES_PER_ELEMENT + inner.bytes,
    surfaces: surfacesOf(written) + inner.surfaces,
  };
}

function inflate(source: Uint8Array): Buffer | undefined {
  try {
    return gunzipSync(source, { maxOutputLength: MAX_TEXT_MIB * MIB });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    // What zlib says of the bytes: wrong, or too few.
    if (['Z_DATA_ERROR', 'Z_BUF_ERROR'].includes(code)) throw new Undecodable(message, { cause: error });
    throw error;
  }
}

function tooMuchText(): Rejected {
  return rejected(
    'too large',
    `The SVG image has more than ${MAX_TEXT_MIB} MiB of text (uncompressed, with its entities in place), which is the limit.`,
  );
}

/**
 * Puts in what references to characters and to the document's own entities stand for, so that nothing hides behind them.
 * undefined where that may pass the limit of the text. https://www.w3.org/TR/xml/#sec-entity-decl
 */
function expandReferences(text: string): string | undefined {
  const declared = /<!ENTITY\s+([^\s%"'>]+)\s+(?:"([^"]*)"|'([^']*)')/g;
  const values = new Map<string, string>();
  for (const [, name = '', double, single] of text.matchAll(declared))
    values.set(name, characters(double ?? single ?? ''));
  // Four times: an editor's entities are flat, and those that multiply pass the limit or are left as they are.
  let expanded = text;
  for (let round = 0; round < 4 && values.size > 0; round++) {
    const references = [...expanded.matchAll(/&([^\s&;<>"']+);/g)];
    const added = references.reduce((sum, [, name = '']) => sum + (values.get(name)?.length ?? 0), 0);
    if (expanded.length + added > MAX_TEXT_MIB * MIB) return undefined;
    if (added === 0) break;
    expanded = expanded.replace(/&([^\s&;<>"']+);/g, (whole, name) => values.get(name) ?? whole);
  }
  return characters(expanded);
}

function characters(text: string): string {
  return text.replace(/&#(?:x([0-9a-f]+)|([0-9]+));/gi, (whole, hex, decimal) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code < 0x80 ? String.fromCharCode(code) : whole;
  });
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}

/** All results of the longest filter, and what is filtered or masked while it waits for what is inside it. */
function surfacesOf(text: string): number {
  const filters = text.split(/<(?:[\w-]+:)?filter\b/).slice(1);
  const longest = filters.reduce((most, filter) => Math.max(most, count(filter, /<(?:[\w-]+:)?fe[A-Z]/g)), 0);
  return longest + Math.min(MAX_NESTED, count(text, /\b(?:filter|mask)\s*[=:]/g));
}

/** What the pictures take that are inside the text as `data:` URLs; all other references are not followed by librsvg. */
async function embedded(
  text: string,
  depth: number,
): Promise<Pick<SvgContent, 'bytes' | 'surfaces'> | Rejected> {
  let [bytes, surfaces] = [0, 0];
  // The type's length is bounded, so that a text of nothing but `data:` is read in one pass.
  const urls = [...text.matchAll(/\bdata:([^,"'<>]{0,200}),([^"'<>]*)/gi)];
  if (urls.length > MAX_PICTURES) {
    return rejected(
      'too large',
      `The SVG image holds ${urls.length} pictures; the limit is ${MAX_PICTURES}.`,
    );
  }
  for (const [, type = '', data = ''] of urls) {
    const picture = /;\s*base64\s*$/i.test(type)
      ? Buffer.from(data, 'base64')
      : Buffer.from(unescapePercent(data), 'latin1');
    if (/<(?:[\w-]+:)?svg\b/.test(picture.toString('latin1', 0, 4096)) || startsWith(picture, '\x1f\x8b')) {
      if (depth >= MAX_DEPTH)
        return rejected(
          'too large',
          'The SVG image holds an SVG image that holds another; the limit is one.',
        );
      const inner = await readSvg(picture, depth + 1);
      if ('kind' in inner) return inner;
      bytes += inner.bytes;
      surfaces += inner.surfaces;
    } else {
      bytes += (await pixelsOf(picture)) * BYTES_PER_EMBEDDED_PIXEL;
    }
  }
  return { bytes, surfaces };
}

function unescapePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** 0 where it is no picture: a font, say. */
async function pixelsOf(picture: Uint8Array): Promise<number> {
  try {
    const { width, height } = await sharp(picture, { failOn: 'none', limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    return 0;
  }
}
