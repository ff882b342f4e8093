/**
 * Bytes and quality of the default thumbnails against Pillow's: SSIMULACRA2 (100 is identical, 90 hard to tell apart side by
 * side, 70 good, 50 fair) against the photo decoded whole and reduced in linear light.
 *
 *     tsx bench/quality.ts <folder of photos> <python with pillow and ssimulacra2> [format:quality …]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { render } from '../lambda/thumbnail/render/render';
import type { Format, Variant } from '../lambda/thumbnail/variant';
import { OPTIONS, variant } from '../test/render/variants';

const HELPER = join(__dirname, 'quality.py');

interface Made {
  readonly photo: string;
  readonly recipe: string;
  readonly reference: string;
  readonly image: string;
  readonly bytes: number;
}

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

function variantOf(recipe: string): Variant {
  const [format, quality] = recipe.split(':');
  return variant({ format: format as Format, ...(quality !== undefined && { quality: Number(quality) }) });
}

async function main([folder = '', python = 'python3', ...recipes]: readonly string[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'miniaturas-quality-'));
  const made: Made[] = [];
  for (const photo of readdirSync(folder).sort()) {
    const reference = join(work, `${photo}.reference.png`);
    await writeReference(join(folder, photo), reference);

    const pillow = join(work, `${photo}.pillow.jpg`);
    execFileSync(python, [HELPER, 'pillow', join(folder, photo), pillow]);
    made.push({ photo, recipe: 'pillow', reference, image: `${pillow}.png`, bytes: statSync(pillow).size });

    for (const recipe of ['jpeg', ...recipes]) {
      const rendering = await render(readFileSync(join(folder, photo)), [variantOf(recipe)], OPTIONS);
      if (rendering.kind === 'rejected') throw new Error(rendering.detail);
      const bytes = rendering.thumbnails[0]?.bytes ?? new Uint8Array();
      const image = join(work, `${photo}.${recipe.replace(':', '-')}.png`);
      writeFileSync(image, await sharp(bytes).png().toBuffer());
      made.push({ photo, recipe, reference, image, bytes: bytes.byteLength });
    }
  }
  const input = made.map(({ reference, image }) => `${reference}\t${image}`).join('\n');
  const scores = execFileSync(python, [HELPER, 'score'], { input, encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
  report(made.map((row, index) => ({ ...row, score: scores[index] ?? Number.NaN })));
  rmSync(work, { recursive: true });
}

function report(rows: readonly (Made & { readonly score: number })[]): void {
  for (const { photo, recipe, bytes, score } of rows.filter(
    ({ recipe }) => recipe === 'pillow' || recipe === 'jpeg',
  )) {
    console.log(
      `${photo.padEnd(34)} ${recipe.padEnd(10)} ${String(bytes).padStart(6)} B  ${score.toFixed(1).padStart(5)}`,
    );
  }
  const sum = (recipe: string, value: (row: Made & { score: number }) => number) =>
    rows.filter(row => row.recipe === recipe).reduce((total, row) => total + value(row), 0);
  for (const recipe of new Set(rows.map(row => row.recipe))) {
    const count = sum(recipe, () => 1);
    const worst = Math.min(...rows.filter(row => row.recipe === recipe).map(row => row.score));
    console.log(
      `${recipe.padEnd(10)} ${(sum(recipe, row => row.bytes) / sum('pillow', row => row.bytes)).toFixed(3)} × Pillow's bytes, ` +
        `mean score ${(sum(recipe, row => row.score) / count).toFixed(1)}, worst ${worst.toFixed(1)}`,
    );
  }
}

void main(process.argv.slice(2));
