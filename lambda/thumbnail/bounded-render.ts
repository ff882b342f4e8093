import type { Point } from './model/focus';
import type { Rendering } from './model/rendering';
import type { Settings } from './model/settings';
import type { Variant } from './model/variant';
import { type Need, render } from './render/render';
import { createSemaphore } from './semaphore';

const MIB = 2 ** 20;
/** With so much memory a function has one CPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_CPU = 1769;

/** Told when rendering begins and has ended: what waits for memory or a CPU has not begun. */
export interface RenderClock {
  rendering(): void;
  rendered(): void;
}

export type BoundedRender = (
  source: { readonly bytes: Uint8Array; readonly focus: Point | undefined },
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
  const memory = createSemaphore(settings.limits.memoryMiB * MIB);
  const cpus = createSemaphore(cpusOf(functionMiB));
  // librsvg cannot be stopped: while one SVG holds a thread for as long as it may, all other images go on.
  const svgs = createSemaphore(1);

  return ({ bytes, focus }, variants, clock) => {
    const schedule = <T>(need: Need, work: () => Promise<T>): Promise<T> =>
      memory.run(need.bytes, () =>
        (need.format === 'svg' ? svgs : cpus).run(1, async () => {
          clock.rendering();
          try {
            return await work();
          } finally {
            clock.rendered();
          }
        }),
      );
    return render(bytes, variants, { ...settings, focus, schedule });
  };
}

/** CPUs of a function with so much memory, at least 1. */
function cpusOf(functionMiB: number): number {
  return Math.max(1, Math.round(functionMiB / MIB_PER_CPU));
}
