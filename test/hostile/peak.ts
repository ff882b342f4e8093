/** A child process of svg.test.ts: renders the SVG named, and prints what became of it and the memory that it took, in MiB. */
import { readFileSync } from 'node:fs';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../render/variants';
import { peakMemoryMiB } from '../support/peak-memory';

async function main([file = '']: readonly string[]): Promise<void> {
  const source = readFileSync(file);
  const plain = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>',
  );
  await render(plain, [variant()], OPTIONS);
  const before = peakMemoryMiB();
  const { kind } = await render(source, [variant()], OPTIONS);
  console.log(JSON.stringify({ kind, peakMiB: peakMemoryMiB() - before }));
}

main(process.argv.slice(2));
