/** Renders as sharp's documentation does, one decoding a thumbnail, with our settings of the output. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { DEFAULTS, type Encoding, format as withFormat } from '../../lambda/thumbnail/render/encode/encode';
import { answerLines } from '../child';
import { cpuMs } from '../measure';
import type { RenderAnswer, RenderQuestion } from './question';

answerLines<RenderQuestion>(async ({ file, sides, format }): Promise<RenderAnswer> => {
  const source = readFileSync(file);
  const encoding = format as Encoding;
  const thumbnails: Buffer[] = [];
  const ms = await cpuMs(async () => {
    for (const side of sides) {
      const image = sharp(source)
        .autoOrient()
        .resize(side, side, { fit: 'inside', withoutEnlargement: true });
      thumbnails.push(await withFormat(image, encoding, DEFAULTS[encoding]).toBuffer());
    }
  });
  return { cpuMs: ms, bytes: thumbnails[0]?.byteLength ?? 0 };
});
