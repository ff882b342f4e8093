import type { Limits } from '../../model/limits';
import { type Rejected, rejected, type VariantRejection } from '../../model/rendering';
import type { Size } from '../../model/size';
import type { Variant } from '../../model/variant';
import type { Header } from '../read/header';
import { reducedSize } from '../scale/plan';
import { estimateMemory } from './memory';

const MIB = 2 ** 20;

export function tooManyBytes(bytes: number, { sourceMiB }: Limits): Rejected {
  return rejected(
    'too large',
    `The source has ${decimal(bytes / MIB)} MiB; the limit is ${sourceMiB} MiB (limits.sourceMiB).`,
  );
}

/** A source that is let in, with those of its variants that are. */
export interface Admission {
  readonly kind: 'admitted';
  /** At least one. */
  readonly variants: readonly Variant[];
  readonly rejections: readonly VariantRejection[];
  /** Memory that rendering them may take at its peak, in bytes; all that there is where the header does not tell the size. */
  readonly bytes: number;
}

/**
 * Checks a source against the limits by what its header promises, before any pixel is decoded. A variant that needs more than
 * there is (all frames of an animation, a large thumbnail) does not cost the others theirs: the smaller ones are let in first.
 */
export function admit(header: Header, variants: readonly Variant[], limits: Limits): Admission | Rejected {
  const admitted = new Set<Variant>();
  const rejections: VariantRejection[] = [];
  let first: Rejected | undefined;
  for (const variant of bySize(header, variants)) {
    const exceeding = overLimit(header, [...admitted, variant], limits);
    if (exceeding === undefined) admitted.add(variant);
    else rejections.push({ variant, reason: exceeding.reason, detail: exceeding.detail });
    first ??= exceeding;
  }
  if (admitted.size === 0 && first !== undefined) return first;
  const kept = variants.filter(variant => admitted.has(variant));
  const bytes = estimateMemory(header, kept) ?? limits.memoryMiB * MIB;
  return { kind: 'admitted', variants: kept, rejections, bytes };
}

/** Still ones first, then the smallest first. */
function bySize({ size = { width: 1, height: 1 } }: Header, variants: readonly Variant[]): Variant[] {
  const pixels = (variant: Variant) => {
    const { width, height } = reducedSize(size, variant);
    return width * height;
  };
  return [...variants].sort((a, b) => Number(a.animated) - Number(b.animated) || pixels(a) - pixels(b));
}

/** Why a source cannot have these variants. */
function overLimit(header: Header, variants: readonly Variant[], limits: Limits): Rejected | undefined {
  if (header.refused !== undefined) return header.refused;
  const animated = header.frames > 1 && variants.some(variant => variant.animated);
  if (animated && header.frames > limits.frames) {
    return rejected(
      'too large',
      `The animation has ${header.frames} frames; the limit is ${limits.frames} (limits.frames).`,
    );
  }
  if (header.size === undefined) return undefined;
  const { width, height } = header.size;
  if (width * height * (animated ? header.frames : 1) > limits.megapixels * 1e6) {
    return tooManyPixels({ width, height, frames: animated ? header.frames : 1 }, limits);
  }
  const memory = estimateMemory(header, variants);
  if (memory !== undefined && memory > limits.memoryMiB * MIB) {
    return rejected(
      'too large',
      `The source of ${width} × ${height} px needs about ${Math.ceil(memory / MIB)} MiB of memory as ${header.kind.says}; ` +
        `the limit is ${limits.memoryMiB} MiB (limits.memoryMiB, which follows the function's memory).`,
    );
  }
  return undefined;
}

/** A size that only ImageMagick found out, which is beyond the pixels or the memory that it may use. */
export function tooLargeForMagick(
  { width, height }: Size,
  { metadata: _, ...header }: Header,
  { variants, limits }: { readonly variants: readonly Variant[]; readonly limits: Limits },
): Rejected {
  const size = { width, height };
  return overLimit({ ...header, frames: 1, size }, variants, limits) ?? tooManyPixels(size, limits);
}

/** @param words ImageMagick's message: what it wanted to allocate */
export function outOfMemory(words: string, { kind }: Header, { memoryMiB }: Limits): Rejected {
  return rejected(
    'too large',
    `The source needs more memory than there is as ${kind.says} (${words}); ` +
      `the limit is ${memoryMiB} MiB (limits.memoryMiB, which follows the function's memory).`,
  );
}

function tooManyPixels(
  { width, height, frames = 1 }: { width: number; height: number; frames?: number },
  { megapixels }: Limits,
): Rejected {
  const times = frames > 1 ? ` × ${frames} frames` : '';
  return rejected(
    'too large',
    `The source has ${width} × ${height} px${times}, ${decimal((width * height * frames) / 1e6)} megapixels; ` +
      `the limit is ${megapixels} (limits.megapixels).`,
  );
}

export function tookTooLong({ seconds }: Limits): Rejected {
  return rejected(
    'took too long',
    `Rendering took more than ${seconds} s, which is the limit (limits.seconds).`,
  );
}

function decimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
