import { readHeader } from './render/header';
import { estimateMemory } from './render/memory';
import { overLimit } from './render/over-limit';
import { render } from './render/render';
import type { Rendering } from './render/rendering';
import { createSemaphore } from './semaphore';
import type { Settings } from './settings';
import type { Variant } from './variant';

const MIB = 2 ** 20;
/** With so much memory a function has one CPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_CPU = 1769;

/** Told when rendering begins and has ended: what waits for memory or a CPU has not begun. */
export interface RenderClock {
  rendering(): void;
  rendered(): void;
}

export type BoundedRender = (
  source: Uint8Array,
  variants: readonly Variant[],
  clock: RenderClock,
) => Promise<Rendering>;

/**
 * Makes a renderer for many sources at once: each is checked against the limits, then waits for the memory that it is estimated
 * to need and for a CPU, then renders.
 *
 * @param functionMiB the function's memory, in MiB, from which its CPUs follow: Lambda shows two of them whatever they are
 */
export function createBoundedRender(settings: Settings, functionMiB: number): BoundedRender {
  const { limits } = settings;
  const memory = createSemaphore(limits.memoryMiB * MIB);
  const cpus = createSemaphore(cpusOf(functionMiB));
  // librsvg cannot be stopped: while one SVG holds a thread for as long as it may, all other images go on.
  const svgs = createSemaphore(1);

  return async (source, variants, clock) => {
    const header = await readHeader(source);
    const exceeding = overLimit(header, variants, limits);
    if (exceeding !== undefined) return exceeding;
    const bytes = estimateMemory(header, variants, limits) ?? limits.memoryMiB * MIB;
    const cpu = header.kind.format === 'svg' ? svgs : cpus;
    return memory.run(bytes, () =>
      cpu.run(1, async () => {
        clock.rendering();
        try {
          return await render(source, variants, { ...settings, header });
        } finally {
          clock.rendered();
        }
      }),
    );
  };
}

/** CPUs of a function with so much memory, at least 1. */
function cpusOf(functionMiB: number): number {
  return Math.max(1, Math.round(functionMiB / MIB_PER_CPU));
}
