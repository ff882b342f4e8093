import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../../test/render/variants';
import { pythonWith } from '../child';
import { mean } from '../measure';
import type { Part } from '../part';

const HELPER = join(__dirname, '../contenders/quality.py');

interface Made {
  readonly recipe: string;
  readonly reference: string;
  readonly image: string;
  readonly bytes: number;
}

/** Bytes and quality of the default thumbnails against Pillow's, by SSIMULACRA2. */
export const quality: Part = {
  name: 'quality',
  async run({ photos, work, note }) {
    const python = pythonWith('PIL', 'ssimulacra2');
    if (python === undefined) {
      note('quality: no Python with Pillow and ssimulacra2; left out.');
      return [];
    }
    const made: Made[] = [];
    for (const photo of photos) {
      const reference = join(work, `${basename(photo)}.reference.png`);
      await writeReference(photo, reference);
      const pillow = join(work, `${basename(photo)}.pillow.jpg`);
      execFileSync(python, [HELPER, 'pillow', photo, pillow]);
      made.push({ recipe: 'Pillow', reference, image: `${pillow}.png`, bytes: statSync(pillow).size });

      const rendering = await render(readFileSync(photo), [variant()], OPTIONS);
      if (rendering.kind === 'rejected') throw new Error(rendering.detail);
      const bytes = rendering.thumbnails[0]?.bytes ?? new Uint8Array();
      const image = join(work, `${basename(photo)}.ours.png`);
      writeFileSync(image, await sharp(bytes).png().toBuffer());
      made.push({ recipe: 'ours', reference, image, bytes: bytes.byteLength });
    }
    const input = made.map(({ reference, image }) => `${reference}\t${image}`).join('\n');
    const scores = execFileSync(python, [HELPER, 'score'], { input, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
    const pillowBytes = mean(made.filter(({ recipe }) => recipe === 'Pillow').map(({ bytes }) => bytes));
    const row = (recipe: string) => {
      const of = made
        .map((one, i) => ({ ...one, score: scores[i] ?? Number.NaN }))
        .filter(one => one.recipe === recipe);
      const bytes = mean(of.map(one => one.bytes));
      return [
        recipe,
        Math.round(bytes),
        bytes / pillowBytes,
        mean(of.map(one => one.score)),
        Math.min(...of.map(one => one.score)),
      ];
    };
    return [
      {
        title: 'Quality of the default thumbnail',
        columns: ['', 'bytes', "times Pillow's", 'SSIMULACRA2, mean', 'worst'],
        rows: [row('ours'), row('Pillow')],
        notes: [
          `${photos.length} photos, against each decoded whole and reduced in linear light. 100 is identical, 90 hard to tell apart ` +
            'side by side, 70 good, 50 fair.',
        ],
      },
    ];
  },
};

/** What nobody should be able to tell the thumbnail from. */
async function writeReference(photo: string, file: string): Promise<void> {
  const whole = await sharp(photo)
    .autoOrient()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  await sharp(whole.data, { raw: whole.info })
    .pipelineColourspace('scrgb')
    .resize(200, 200, { fit: 'inside' })
    .png()
    .toFile(file);
}
