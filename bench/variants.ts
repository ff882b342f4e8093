/**
 * What four variants (200, 400, 800, 1600) of a photo cost against the largest alone; CPU medians, taken in turns.
 *
 *     tsx bench/variants.ts <photo.jpg> [rounds]
 */
import { readFileSync } from 'node:fs';
import { render } from '../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../test/render/variants';
import { cpuMs, median } from './measure';

const SIDES = [200, 400, 800, 1600];

async function main([photo = '', rounds = '9']: readonly string[]): Promise<void> {
  const source = readFileSync(photo);
  const all = SIDES.map(side => variant({ width: side, height: side }));
  const times: Record<'all' | 'largest', number[]> = { all: [], largest: [] };
  for (let round = 0; round < Number(rounds) + 1; round++) {
    const largest = await cpuMs(() => render(source, all.slice(-1), OPTIONS));
    const four = await cpuMs(() => render(source, all, OPTIONS));
    if (round === 0) continue; // warming up
    times.largest.push(largest);
    times.all.push(four);
  }
  const [four, one] = [median(times.all), median(times.largest)];
  console.log(
    `four variants ${four.toFixed(1)} ms CPU, the 1600 one alone ${one.toFixed(1)} ms: ratio ${(four / one).toFixed(2)}`,
  );
}

void main(process.argv.slice(2));
