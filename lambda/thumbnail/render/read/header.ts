import sharp from 'sharp';
import { type Rejected, rejected } from '../../model/rendering';
import type { Size } from '../../model/size';
import { headerSize } from './header-size';
import { type Heif, readHeif } from './heif';
import type { Metadata } from './metadata';
import { decodingWithSharp } from './sharp-errors';
import { type Kind, sniff } from './sniff';
import { readSvg, type SvgContent } from './svg';
import { Undecodable } from './undecodable';

/** What a source says of itself before any pixel of it is decoded. */
export interface Header {
  readonly kind: Kind;
  readonly sourceBytes: number;
  /** As stored, before orientation, in px; undefined where the header does not tell. */
  readonly size?: Size;
  /** 1 for a still image. */
  readonly frames: number;
  /** Progressive or interlaced: the whole picture is in memory before its first row is done. */
  readonly progressive: boolean;
  /** sharp's view of it, where sharp reads its header. */
  readonly metadata?: Metadata;
  /** Of an SVG, what sharp may have of it and what it takes. */
  readonly svg?: SvgContent;
  /** What a HEIC or AVIF says of its picture and its thumbnails, where we understand it. */
  readonly heif?: Heif;
  /** Why a decoder may not even look at the header. */
  readonly refused?: Rejected;
  /** What sharp said where it did not. */
  readonly error?: string;
}

const HEIF_FORMATS = ['heic', 'avif'];

/**
 * Reads the header of a source: half a millisecond, and no pixels.
 *
 * @throws what keeps sharp from its work; what it says of the bytes is in {@link Header.error}
 */
export async function readHeader(source: Uint8Array): Promise<Header> {
  const kind = sniff(source);
  const stored = headerSize(kind.format, source);
  const heif = HEIF_FORMATS.includes(kind.format) ? readHeif(source) : undefined;
  const base = { sourceBytes: source.byteLength, frames: 1, progressive: false, ...(heif && { heif }) };
  if (source.byteLength === 0)
    return { ...base, kind, refused: rejected('empty', 'The source has no bytes.') };
  if (!kind.sharp) return { ...base, kind, ...(stored && { size: stored }) };
  try {
    const svg = kind.format === 'svg' ? await readSvg(source) : undefined;
    if (svg !== undefined && 'kind' in svg) return { ...base, kind, refused: svg };
    const metadata = await askSharp(svg?.text ?? source);
    return {
      ...base,
      kind: kind.format === 'unknown' || kind.format === 'svg' ? { ...kind, format: metadata.format } : kind,
      size: { width: metadata.width, height: metadata.height },
      frames: metadata.pages ?? 1,
      progressive: metadata.isProgressive,
      metadata,
      ...(svg && { svg }),
    };
  } catch (cause) {
    if (!(cause instanceof Undecodable)) throw cause;
    return { ...base, kind, ...(stored && { size: stored }), error: cause.message };
  }
}

function askSharp(source: Uint8Array): Promise<Metadata> {
  return decodingWithSharp(() => sharp(source, { failOn: 'none', limitInputPixels: false }).metadata());
}
