import { u16be, u32be } from './bytes';

const RAW = 0;
const RLE = 1;

/**
 * How much of a PSD's picture is in the file: ImageMagick leaves what is missing white or black, without a word.
 * Adobe Photoshop File Formats Specification, "Image Data Section".
 */
export function psdData(psd: Uint8Array): 'whole' | 'part' | 'nothing' {
  const isLarge = u16be(psd, 4) === 2;
  const [channels, height, width, depth] = [u16be(psd, 12), u32be(psd, 14), u32be(psd, 18), u16be(psd, 22)];
  let at = 26;
  at += 4 + u32be(psd, at);
  at += 4 + u32be(psd, at);
  const layers = isLarge ? u32be(psd, at) * 2 ** 32 + u32be(psd, at + 4) : u32be(psd, at);
  at += (isLarge ? 8 : 4) + layers;
  const compression = u16be(psd, at);
  const rows = channels * height;
  const countBytes = isLarge ? 4 : 2;
  const data = at + 2 + (compression === RLE ? rows * countBytes : 0);
  // Without a flattened picture, ImageMagick goes by the layers.
  if (data >= psd.byteLength) return layers > 0 ? 'part' : 'nothing';
  let needed = 0;
  if (compression === RAW) needed = rows * Math.ceil((width * depth) / 8);
  else if (compression === RLE)
    for (let row = 0; row < rows; row++) needed += (isLarge ? u32be : u16be)(psd, at + 2 + row * countBytes);
  return data + needed > psd.byteLength ? 'part' : 'whole';
}
