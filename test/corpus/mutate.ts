/**
 * A child process of mutations.test.ts: renders mutated images and says what became of each, so that the parent sees which
 * one a crash of native code belongs to.
 *
 *     node mutate.js <folder of seeds> <first> <step> <count>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import { render } from '../../lambda/thumbnail/render/render';
import { variant } from '../render/variants';
import { peakMemoryMiB } from '../support/peak-memory';
import { random } from '../support/random';

/** What the child says of one image, a line each. */
export interface MutationReport {
  readonly number: number;
  readonly seed: string;
  /** `begun` before the image is rendered. */
  readonly outcome: 'begun' | 'rendered' | 'rejected';
  readonly reason?: string;
  readonly ms: number;
  readonly peakMiB: number;
}

export const SECONDS = 8;

const VARIANT = variant({ format: 'webp', animated: true });

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** One of: bits flipped, cut off, a header that lies, another image's head in front, a piece twice, extremes in the head. */
function mutate(source: Buffer, other: Buffer, below: (n: number) => number): Buffer {
  const bytes = Buffer.from(source);
  const at = () => below(bytes.length);
  const inHead = () => below(Math.min(bytes.length, 120));
  switch (below(6)) {
    case 0:
      for (let i = below(20) + 1; i > 0; i--) {
        const offset = at();
        bytes[offset] = (bytes[offset] ?? 0) ^ (1 << below(8));
      }
      return bytes;
    case 1:
      return bytes.subarray(0, at());
    case 2:
      for (let i = below(3) + 1; i > 0; i--) bytes[inHead()] = below(256);
      return bytes;
    case 3:
      return Buffer.concat([
        other.subarray(0, below(Math.min(other.length, 300))),
        bytes.subarray(below(Math.min(bytes.length, 300))),
      ]);
    case 4: {
      const [start, end] = [at(), at()].sort((a, b) => a - b);
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
    }
    default: {
      const offset = inHead();
      bytes.fill(EXTREMES[below(EXTREMES.length)] ?? 0, offset, offset + below(4) + 1);
      return bytes;
    }
  }
}

async function main([folder = '', first = '0', step = '1', count = '1']: readonly string[]): Promise<void> {
  const names = readdirSync(folder).sort();
  const images = names.map(name => readFileSync(join(folder, name)));
  const limits = { ...limitsFor(1769, 60), seconds: SECONDS };
  const say = (report: MutationReport) => process.stdout.write(`${JSON.stringify(report)}\n`);
  for (let number = Number(first); number < Number(count); number += Number(step)) {
    const below = random(number);
    const index = number % images.length;
    const source = mutate(
      images[index] ?? Buffer.alloc(0),
      images[below(images.length)] ?? Buffer.alloc(0),
      below,
    );
    const seed = names[index] ?? '';
    say({ number, seed, outcome: 'begun', ms: 0, peakMiB: peakMemoryMiB() });
    const start = performance.now();
    const rendering = await render(source, [VARIANT], {
      limits,
      otherFormats: true,
      gamut: 'srgb',
      keepCopyright: true,
    });
    const ms = performance.now() - start;
    const reason =
      rendering.kind === 'rejected' ? { reason: `${rendering.reason}: ${rendering.detail}` } : {};
    say({ number, seed, outcome: rendering.kind, ...reason, ms, peakMiB: peakMemoryMiB() });
  }
}

process.on('unhandledRejection', error => {
  console.error('unhandled rejection', error);
  process.exit(70);
});
void main(process.argv.slice(2));
