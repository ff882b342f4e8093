import { readFileSync } from 'node:fs';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { render } from '../../lambda/thumbnail/render/render';
import { variant } from '../render/variants';
import { peakMemoryMiB } from '../support/peak-memory';

/** A process as the function's: renders one file under the limits of so many MiB, and says what it took at its peak. */
async function main([file = '', memoryMiB = '']: readonly string[]): Promise<void> {
  const options = { otherFormats: true, gamut: 'srgb', keepCopyright: false } as const;
  const limits = { ...limitsFor(Number(memoryMiB), 900), seconds: 300 };
  const { kind, ...rest } = await render(readFileSync(file), [variant()], { ...options, limits });
  const peakMiB = Math.round(peakMemoryMiB());
  console.log(JSON.stringify({ kind, detail: 'detail' in rest ? rest.detail : '', peakMiB }));
}

void main(process.argv.slice(2));
