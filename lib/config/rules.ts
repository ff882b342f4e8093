import type { Variant } from '../../lambda/thumbnail/model/variant';
import { mostAnHour } from '../cost/spend';
import { type Config, settingsOf } from './config';

/** A setting that does not go with the others. */
export interface Problem {
  readonly path: readonly (string | number)[];
  /** What would be right. */
  readonly message: string;
}

/** Lambda takes 4 KiB of environment in all; the rest of it is ours too. */
const MAX_SETTINGS_BYTES = 3_500;

/** What is wrong with settings that are each right by themselves. */
export function problemsOf(config: Config): Problem[] {
  return [
    ...duplicates(config),
    ...config.variants.flatMap(halfBox),
    ...collisions(config.variants),
    ...keyWithoutBucket(config),
    ...keysElsewhere(config),
    ...alarmProblems(config),
    ...tooMuch(config),
  ];
}

function duplicates({ extensions }: Config): Problem[] {
  return extensions.flatMap((extension, i) =>
    extensions.indexOf(extension) < i ? [{ path: ['extensions', i], message: 'each extension once' }] : [],
  );
}

function keyWithoutBucket({ bucketName, bucketKeyArn }: Config): Problem[] {
  if (bucketKeyArn === undefined || bucketName !== undefined) return [];
  return [
    { path: ['bucketKeyArn'], message: 'bucketName, the existing bucket that has this key, beside it' },
  ];
}

/** S3, SQS and CloudWatch Logs use keys of their own region only. */
function keysElsewhere(config: Config): Problem[] {
  const { region } = config.env;
  return (['bucketKeyArn', 'encryptionKey'] as const).flatMap(setting => {
    const given = config[setting]?.split(':')[3];
    if (region === undefined || given === undefined || given === region) return [];
    return [{ path: [setting], message: `a key of the stack's region (env.region is ${region})` }];
  });
}

function alarmProblems(config: Config): Problem[] {
  const { alarms, maxConcurrency } = config;
  if (alarms === false) return [];
  const { email, topicArn, dollarsAnHour = 0 } = alarms;
  const problems: Problem[] = [];
  if (email !== undefined && topicArn !== undefined) {
    problems.push({
      path: ['alarms', 'email'],
      message: 'no address beside topicArn, whose subscribers are told,',
    });
  }
  const most = mostAnHour(config);
  if (dollarsAnHour >= most) {
    const message = `less than ${most.toFixed(2)}, the dollars that maxConcurrency ${maxConcurrency} lets an hour cost at most,`;
    problems.push({ path: ['alarms', 'dollarsAnHour'], message });
  }
  return problems;
}

/** `cover` and `contain` make a thumbnail of exactly the box: without one of its sides there is none. */
function halfBox({ width, height, fit }: Variant, i: number): Problem[] {
  if (fit !== 'cover' && fit !== 'contain') return [];
  if (width !== undefined && height !== undefined) return [];
  const missing = width === undefined ? 'width' : 'height';
  return [{ path: ['variants', i, missing], message: `width and height, both of which fit "${fit}" needs,` }];
}

function collisions(variants: readonly Variant[]): Problem[] {
  return variants.flatMap((variant, i) =>
    variants.slice(0, i).flatMap((earlier, j): Problem[] => {
      if (!collide(variant, earlier)) return [];
      const message = `a prefix, a suffix or sources (from, except) that set it apart from variants[${j}]`;
      return [{ path: ['variants', i], message }];
    }),
  );
}

/**
 * Whether two variants could give one key to thumbnails of two sources, or of one. A thumbnail's key is prefix, source's key,
 * suffix, so the keys of two can only meet
 * - where one's folder lies in the other's, or is the same, and
 * - one's suffix ends in the other's (or they are the same), and
 * - the outer one has sources below the rest of the inner folder: with `a/` and `a/b/`, the source `b/x.jpg` of the first
 *   and the source `x.jpg` of the second. No suffix holds a slash, so the folder can come from nowhere else.
 *
 * What is watched does not matter: a deletion is announced whatever its key ends in, and takes its thumbnails along.
 */
function collide(a: Variant, b: Variant): boolean {
  const [outer, inner] = a.prefix.length <= b.prefix.length ? [a, b] : [b, a];
  if (!inner.prefix.startsWith(outer.prefix)) return false;
  if (!outer.suffix.endsWith(inner.suffix) && !inner.suffix.endsWith(outer.suffix)) return false;
  const folder = inner.prefix.slice(outer.prefix.length);
  const excepted = [
    ...(outer.except ?? []),
    ...(inner.except ?? []).map(beginning => `${folder}${beginning}`),
  ];
  return sourcesOf(inner).some(own =>
    sourcesOf(outer).some(other => {
      const common = inBoth(`${folder}${own}`, other);
      return common !== undefined && !excepted.some(beginning => common.startsWith(beginning));
    }),
  );
}

function sourcesOf({ from }: Variant): readonly string[] {
  return from ?? [''];
}

/** What all keys begin with that begin with both; undefined if there are none. */
function inBoth(a: string, b: string): string | undefined {
  if (a.startsWith(b)) return a;
  return b.startsWith(a) ? b : undefined;
}

function tooMuch(config: Config): Problem[] {
  const { limits, timeoutSeconds } = config;
  const bytes = Buffer.byteLength(JSON.stringify(settingsOf(config)));
  const environment = `variants of fewer words (Lambda takes ${MAX_SETTINGS_BYTES} bytes of settings; these are ${bytes})`;
  return [
    ...(bytes > MAX_SETTINGS_BYTES ? [{ path: ['variants'], message: environment }] : []),
    ...(limits.seconds > timeoutSeconds
      ? [{ path: ['limits', 'seconds'], message: `no more than timeoutSeconds (${timeoutSeconds})` }]
      : []),
  ];
}
