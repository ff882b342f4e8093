import { ascii, startsWith, u16be, u16le, u32be, u32le } from './bytes';
import { firstNumber, readIfds, TAG } from './tiff';

/** What the bytes are. */
export interface Kind {
  readonly format: string;
  /** For people: `looks like <says>`. */
  readonly says: string;
  /** Whether sharp may read it. */
  readonly sharp: boolean;
  /** ImageMagick's name of the one coder that may read it. No text, script, or delegate format ever has one. */
  readonly magick?: string;
}

interface Signature extends Kind {
  readonly matches: (bytes: Uint8Array) => boolean;
}

const both = (format: string, says: string, magick: string): Kind => ({ format, says, sharp: true, magick });
const magickOnly = (format: string, says: string, magick: string): Kind => ({
  format,
  says,
  sharp: false,
  magick,
});
const neither = (format: string, says: string): Kind => ({ format, says, sharp: false });
const at =
  (...signatures: string[]) =>
  (bytes: Uint8Array) =>
    signatures.some(signature => startsWith(bytes, signature));

/** In order: the more particular before the more general. */
const SIGNATURES: readonly Signature[] = [
  { ...both('jpeg', 'a JPEG image', 'JPEG'), matches: at('\xff\xd8\xff') },
  { ...both('png', 'a PNG image', 'PNG'), matches: at('\x89PNG\r\n\x1a\n') },
  { ...both('gif', 'a GIF image', 'GIF'), matches: at('GIF87a', 'GIF89a') },
  {
    ...both('webp', 'a WebP image', 'WEBP'),
    matches: bytes => at('RIFF')(bytes) && startsWith(bytes, 'WEBP', 8),
  },
  { ...magickOnly('raw', 'a camera RAW image', 'DNG'), matches: isRaw },
  { ...both('tiff', 'a TIFF image', 'TIFF'), matches: at('II*\0', 'MM\0*', 'II+\0', 'MM\0+') },
  { ...both('avif', 'an AVIF image', 'AVIF'), matches: bytes => brands(bytes).some(isOneOf('avif', 'avis')) },
  {
    ...magickOnly('heic', 'a HEIC image', 'HEIC'),
    matches: bytes => brands(bytes).some(isOneOf(...HEIF_BRANDS)),
  },
  { ...magickOnly('jp2', 'a JPEG 2000 image', 'JP2'), matches: at('\0\0\0\x0cjP  \r\n\x87\n') },
  { ...magickOnly('j2k', 'a JPEG 2000 image', 'J2K'), matches: at('\xff\x4f\xff\x51') },
  { ...magickOnly('jxl', 'a JPEG XL image', 'JXL'), matches: at('\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n') },
  { ...magickOnly('psd', 'a Photoshop image', 'PSD'), matches: at('8BPS\0\x01') },
  { ...magickOnly('psb', 'a Photoshop image', 'PSB'), matches: at('8BPS\0\x02') },
  { ...magickOnly('bmp', 'a BMP image', 'BMP'), matches: isBmp },
  { ...magickOnly('ico', 'an icon', 'ICO'), matches: bytes => isIcon(bytes, 1) },
  { ...magickOnly('cur', 'a cursor', 'CUR'), matches: bytes => isIcon(bytes, 2) },
  { ...magickOnly('exr', 'an OpenEXR image', 'EXR'), matches: at('\x76\x2f\x31\x01') },
  { ...magickOnly('hdr', 'a Radiance image', 'HDR'), matches: at('#?RADIANCE\n', '#?RGBE\n') },
  { ...magickOnly('dds', 'a DirectDraw image', 'DDS'), matches: at('DDS \x7c\0\0\0') },
  { ...magickOnly('qoi', 'a QOI image', 'QOI'), matches: at('qoif') },
  { ...magickOnly('farbfeld', 'a farbfeld image', 'FARBFELD'), matches: at('farbfeld') },
  { ...magickOnly('fits', 'a FITS image', 'FITS'), matches: at('SIMPLE  =') },
  { ...magickOnly('dpx', 'a DPX image', 'DPX'), matches: at('SDPX\0', 'XPDS') },
  { ...magickOnly('cin', 'a Cineon image', 'CIN'), matches: at('\x80\x2a\x5f\xd7') },
  { ...magickOnly('sgi', 'an SGI image', 'SGI'), matches: bytes => at('\x01\xda\0', '\x01\xda\x01')(bytes) },
  { ...magickOnly('sun', 'a Sun raster image', 'SUN'), matches: at('\x59\xa6\x6a\x95') },
  { ...magickOnly('pcx', 'a PCX image', 'PCX'), matches: isPcx },
  { ...magickOnly('xcf', 'a GIMP image', 'XCF'), matches: at('gimp xcf ') },
  { ...magickOnly('jng', 'a JNG image', 'JNG'), matches: at('\x8bJNG\r\n\x1a\n') },
  {
    ...magickOnly('pnm', 'a portable pixel map', 'PNM'),
    matches: bytes => /^P[4-6]\s[\s#\d]/.test(ascii(bytes, 0, 4)),
  },
  {
    ...magickOnly('pam', 'a portable pixel map', 'PAM'),
    matches: at('P7\nWIDTH', 'P7\nDEPTH', 'P7\nHEIGHT'),
  },
  { ...magickOnly('dcm', 'a DICOM image', 'DCM'), matches: bytes => startsWith(bytes, 'DICM', 128) },
  {
    ...magickOnly('tga', 'a Targa image', 'TGA'),
    matches: bytes => startsWith(bytes, 'TRUEVISION-XFILE.\0', bytes.byteLength - 18),
  },
  { ...neither('pdf', 'a PDF document'), matches: bytes => ascii(bytes, 0, 1024).includes('%PDF-') },
  { ...neither('ps', 'a PostScript document'), matches: at('%!', '\xc5\xd0\xd3\xc6') },
  {
    ...neither('video', 'a video'),
    matches: bytes => startsWith(bytes, 'ftyp', 4) || at('\x1a\x45\xdf\xa3')(bytes),
  },
  { ...neither('avi', 'a video'), matches: bytes => at('RIFF')(bytes) && startsWith(bytes, 'AVI ', 8) },
  { ...neither('zip', 'a ZIP archive or an Office document'), matches: at('PK\x03\x04', 'PK\x05\x06') },
  { ...neither('rar', 'an archive'), matches: at('Rar!', '7z\xbc\xaf\x27\x1c', '\xfd7zXZ\0', 'BZh') },
  {
    ...neither('program', 'a program'),
    matches: at('\x7fELF', 'MZ\x90', '\xcf\xfa\xed\xfe', '\xca\xfe\xba\xbe'),
  },
  // Compressed SVG is the only gzip that sharp opens.
  { format: 'svg', says: 'a gzip archive', sharp: true, matches: at('\x1f\x8b') },
  { format: 'svg', says: 'an SVG image', sharp: true, matches: bytes => /<svg[\s/>]/.test(head(bytes)) },
  {
    ...neither('html', 'an HTML page'),
    matches: bytes => /^\s*(<!doctype html|<html|<head|<body)/i.test(head(bytes)),
  },
  { ...neither('xml', 'an XML document'), matches: bytes => /^\s*<\?xml/.test(head(bytes)) },
  { ...neither('text', 'text'), matches: isText },
];

/** sharp has the last word on what we do not know: it too goes by the bytes alone. */
const UNKNOWN: Kind = { format: 'unknown', says: 'nothing that we know', sharp: true };

/** Says what the bytes are, by their signature alone; never by a name or a Content-Type. */
export function sniff(bytes: Uint8Array): Kind {
  const found = SIGNATURES.find(({ matches }) => matches(bytes));
  if (found === undefined) return UNKNOWN;
  const { matches: _, ...kind } = found;
  return kind;
}

// https://www.iana.org/assignments/media-types: HEVC still images and sequences, and HEIF with any codec.
const HEIF_BRANDS = [
  'heic',
  'heix',
  'heim',
  'heis',
  'hevc',
  'hevx',
  'hevm',
  'hevs',
  'mif1',
  'msf1',
  'mif2',
  'miaf',
];

function isOneOf(...wanted: readonly string[]): (brand: string) => boolean {
  return brand => wanted.includes(brand);
}

/** The brands of an ISO base media file: the major one, then the compatible ones. ISO/IEC 14496-12, 4.3. */
function brands(bytes: Uint8Array): string[] {
  if (!startsWith(bytes, 'ftyp', 4)) return [];
  const end = Math.min(u32be(bytes, 0), 256, bytes.byteLength);
  const found = [ascii(bytes, 8, 4)];
  for (let offset = 16; offset + 4 <= end; offset += 4) found.push(ascii(bytes, offset, 4));
  return found;
}

const PHOTOMETRIC_CFA = 32803;
const PHOTOMETRIC_LINEAR_RAW = 34892;

/** RAW formats are TIFFs, or nearly so, whose picture is a mosaic of sensor values. */
function isRaw(bytes: Uint8Array): boolean {
  if (at('FUJIFILMCCD-RAW', 'FOVb', '\0MRM', 'IIRO', 'IIRS', 'MMOR', 'IIU\0')(bytes)) return true;
  if (startsWith(bytes, 'HEAPCCDR', 6) || brands(bytes)[0] === 'crx ') return true;
  if (!at('II*\0', 'MM\0*')(bytes)) return false;
  if (startsWith(bytes, 'CR', 8)) return true;
  return readIfds(bytes).some(ifd => {
    const photometric = firstNumber(ifd, TAG.photometric);
    return (
      ifd.numbers.has(TAG.dngVersion) ||
      photometric === PHOTOMETRIC_CFA ||
      photometric === PHOTOMETRIC_LINEAR_RAW
    );
  });
}

/** `BM` alone begins many a text: the header that follows must have one of the known lengths. */
function isBmp(bytes: Uint8Array): boolean {
  const header = startsWith(bytes, 'BA') ? 14 : 0;
  return (
    startsWith(bytes, 'BM', header) && [12, 16, 40, 52, 56, 64, 108, 124].includes(u32le(bytes, header + 14))
  );
}

/** Icons have no signature but a reserved 0, a type, and a count; the first entry's reserved byte must be 0 too. */
function isIcon(bytes: Uint8Array, type: 1 | 2): boolean {
  const count = u16le(bytes, 4);
  return u16be(bytes, 0) === 0 && u16le(bytes, 2) === type && count > 0 && count < 1000 && bytes[9] === 0;
}

function isPcx(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 10 &&
    [0, 2, 3, 4, 5].includes(bytes[1] ?? -1) &&
    bytes[2] === 1 &&
    [1, 2, 4, 8].includes(bytes[3] ?? 0)
  );
}

function head(bytes: Uint8Array): string {
  return ascii(bytes, 0, 4096);
}

/** No control bytes but white space and escape. */
function isText(bytes: Uint8Array): boolean {
  const control = (byte: number) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte);
  return bytes.byteLength > 0 && !bytes.subarray(0, 512).some(control);
}
