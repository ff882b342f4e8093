import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { Given } from './config';
import {
  MAGICK_EXTENSIONS,
  RARE_MAGICK_EXTENSIONS,
  RARE_SHARP_EXTENSIONS,
  SHARP_EXTENSIONS,
} from './extensions';

const SHARP_READS = [...SHARP_EXTENSIONS, ...RARE_SHARP_EXTENSIONS];
const MAGICK_READS = [...MAGICK_EXTENSIONS, ...RARE_MAGICK_EXTENSIONS];

/** A setting, and why it does nothing where it stands. */
interface Idle {
  readonly setting: string;
  readonly why: string;
}

/** Settings that are right by themselves and do nothing beside the others, or not what they seem to, in a sentence each. */
export function withoutEffect(given: Given): string[] {
  const { variants, limits } = given;
  const inVariants = variants.flatMap((variant, i) =>
    [...idleInVariant(variant), ...idleSources(variant, variants)].map(({ setting, why }) => ({
      setting: `variants[${i}].${setting}`,
      why,
    })),
  );
  const idle = [...inVariants, ...idleExtensions(given)];
  if (given.eventBridge && given.bucketName !== undefined) {
    idle.push({
      setting: 'eventBridge',
      why: 'an existing bucket is not reconfigured (docs/existing-bucket.md)',
    });
  }
  if (given.repair?.timeZone !== undefined && given.repair.schedule.startsWith('rate')) {
    idle.push({ setting: 'repair.timeZone', why: 'a rate counts from the deployment, wherever that is' });
  }
  if (limits.frames !== undefined && !variants.some(({ animated }) => animated)) {
    idle.push({ setting: 'limits.frames', why: 'no variant is animated' });
  }
  return idle.map(({ setting, why }) => `miniaturas.${setting} has no effect: ${why}.`);
}

function idleInVariant({ fit, position, format, effort, background, animated }: Variant): Idle[] {
  const drawsTheEye = position === 'attention' || position === 'entropy';
  const checks: readonly (Idle & { readonly when: boolean })[] = [
    {
      setting: 'position',
      why: `it says what "cover" keeps and where "contain" puts the picture, and fit is "${fit}"`,
      when: position !== 'centre' && fit !== 'cover' && fit !== 'contain',
    },
    {
      setting: 'position',
      why: `"contain" keeps all of the picture, so "${position}" has nothing to choose`,
      when: drawsTheEye && fit === 'contain',
    },
    {
      setting: 'animated',
      why: `thumbnails in ${format} have one frame; those in "webp" and "source" can have more`,
      when: animated && format !== 'webp' && format !== 'source',
    },
    {
      setting: 'effort',
      why: 'JPEG knows none',
      when: effort !== undefined && format === 'jpeg',
    },
    {
      setting: 'effort',
      why: `WebP's highest is 6`,
      when: effort !== undefined && effort > 6 && format === 'webp',
    },
    {
      setting: 'background',
      why: `transparent pixels stay so in ${format}, and fit is not "contain"`,
      when: background !== '#ffffff' && format !== 'jpeg' && fit !== 'contain',
    },
  ];
  return checks.filter(({ when }) => when);
}

/** What lies where thumbnails do is never a source, and what `except` leaves out is none of the variant's. */
function idleSources({ from, except = [] }: Variant, variants: readonly Variant[]): Idle[] {
  const given = { from: from ?? [], except };
  const idle: Idle[] = (['from', 'except'] as const).flatMap(name =>
    given[name].flatMap((beginning, i) => {
      const folder = variants.find(({ prefix }) => beginning.startsWith(prefix))?.prefix;
      if (folder === undefined) return [];
      return [{ setting: `${name}[${i}]`, why: `what lies below "${folder}" are thumbnails, never sources` }];
    }),
  );
  given.from.forEach((beginning, i) => {
    const exception = except.find(one => beginning.startsWith(one));
    if (exception)
      idle.push({ setting: `from[${i}]`, why: `except leaves out all that begins with "${exception}"` });
  });
  except.forEach((beginning, i) => {
    if (from === undefined || from.some(one => one.startsWith(beginning) || beginning.startsWith(one)))
      return;
    idle.push({ setting: `except[${i}]`, why: 'from names no source that begins like that' });
  });
  return idle;
}

function idleExtensions({ extensions = [], watch, otherFormats }: Given): Idle[] {
  if (extensions.length === 0) return [];
  if (watch === 'all') return [{ setting: 'extensions', why: 'watch is "all"' }];
  const rest = extensions.filter(one => !SHARP_READS.includes(one));
  const unread = rest.filter(one => !MAGICK_READS.includes(one));
  const optional = otherFormats ? [] : rest.filter(one => MAGICK_READS.includes(one));
  return [
    { which: unread, why: 'no format that can be read has that extension; such files will fail' },
    { which: optional, why: 'it is read with otherFormats only; such files will fail' },
  ]
    .filter(({ which }) => which.length > 0)
    .map(({ which, why }) => ({ setting: `extensions (${which.join(', ')})`, why }));
}
