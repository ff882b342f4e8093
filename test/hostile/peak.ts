/** A child process of svg.test.ts: renders the SVG named, and prints what became of it and the memory that it took, in MiB. */
import { readFileSync } from 'node:fs';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../render/variants';

async function main([file = '']: readonly string[]): Promise<void> {
  const source = readFileSync(file);
  const plain = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>',
  );
  await render(plain, [variant()], OPTIONS);
  const before = process.resourceUsage().maxRSS;
  const { kind } = await render(source, [variant()], OPTIONS);
  console.log(JSON.stringify({ kind, peakMiB: (process.resourceUsage().maxRSS - before) / 1024 }));
}

main(process.argv.slice(2));
