/**
 * CPU of rendering photos against the usual sharp pipeline, in turns; medians a photo, means over the photos.
 *
 *     tsx bench/cpu.ts <folder of photos> [rounds]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { render } from '../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../test/render/variants';
import { cpuMs, median } from './measure';

async function main([folder = '', rounds = '9']: readonly string[]): Promise<void> {
  let [ours, plain] = [0, 0];
  for (const name of readdirSync(folder).sort()) {
    const source = readFileSync(join(folder, name));
    const times: [number[], number[]] = [[], []];
    for (let round = 0; round < Number(rounds); round++) {
      times[0].push(await cpuMs(() => render(source, [variant()], OPTIONS)));
      times[1].push(
        await cpuMs(() => sharp(source).rotate().resize(200, 200, { fit: 'inside' }).jpeg().toBuffer()),
      );
    }
    const [a, b] = [median(times[0]), median(times[1])];
    console.log(
      `${name.padEnd(34)} ${a.toFixed(1).padStart(6)} ms, plain sharp ${b.toFixed(1).padStart(6)} ms`,
    );
    ours += a;
    plain += b;
  }
  console.log(`ratio ${(ours / plain).toFixed(3)}`);
}

void main(process.argv.slice(2));
