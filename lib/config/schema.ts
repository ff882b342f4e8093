import { z } from 'zod';
import { GAMUTS } from '../../lambda/thumbnail/model/variant';
import { ARCHITECTURES } from '../../layers/architecture';
import { flag, listOf, oneOf, text, textThat, wholeNumber } from './expect';
import { schedule, timeZone } from './schedule';
import { variantFields, variantSchema } from './variant-schema';
import { MAX_EXTENSIONS, WATCH } from './watch';

const extension = text(
  /^[a-z0-9]{1,16}$/,
  'a file name extension in lower case, without its dot, such as "jpg"',
);

const EXTENSION_LIST = `a list of 1 to ${MAX_EXTENSIONS} extensions such as ["jpg", "png"]`;

const limitsSchema = z.strictObject(
  {
    sourceMiB: wholeNumber(1, 2048, 'MiB').exactOptional(),
    megapixels: wholeNumber(1, 10_000, 'megapixels').exactOptional(),
    frames: wholeNumber(1, 100_000, 'frames').exactOptional(),
    seconds: wholeNumber(1, 900, 'seconds').exactOptional(),
  },
  'limits such as { "megapixels": 100 }',
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = textThat([
  {
    what: 'the name of a bucket (3 to 63 lower-case letters, digits, hyphens and dots, a letter or digit at both ends)',
    holds: value => /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value),
  },
]);

const repairSchema = z.strictObject(
  {
    /** When a run starts, as EventBridge Scheduler writes it. */
    schedule,
    /** Of the schedule. @default UTC */
    timeZone: timeZone.exactOptional(),
    /** Sources that one run sends to the function, at most: what bounds its bill. */
    maxSources: wholeNumber(1, 10_000_000, 'sources').default(100_000),
  },
  'a schedule such as { "schedule": "cron(0 3 * * ? *)" }',
);

const envSchema = z.strictObject(
  {
    account: text(/^\d{12}$/, 'the number of an account such as "111122223333", in quotes').exactOptional(),
    region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as "eu-west-1"').exactOptional(),
  },
  'an account and a region such as { "account": "111122223333", "region": "eu-west-1" }',
);

const TAGS = 'tags such as { "team": "web" }';
/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tagName = text(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, TAGS);
const tagValue = text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, 'the value of a tag such as "web"');

/** Every setting of the app, each by itself: what it may be, and what it is if it is not given. */
export const configSchema = z.strictObject(
  {
    /** Of the stack; two of them in one account and region have two names. */
    stackName: text(
      /^[A-Za-z][A-Za-z0-9-]{0,99}$/,
      'the name of a stack such as "Miniaturas" (a letter, then letters, digits and hyphens, 100 at most)',
    ).default('Miniaturas'),
    /** Account and region that it is deployed to. @default those of the credentials */
    env: envSchema.prefault({}),
    /** Of the stack and all of its resources. */
    tags: z.record(tagName, tagValue, TAGS).default({}),
    /** The thumbnails made of each source. */
    variants: listOf(variantSchema, 'a list of one or more variants').prefault([{}]),
    /** An existing bucket, which is never reconfigured. @default a bucket of the stack's own */
    bucketName: bucketName.exactOptional(),
    /** The KMS key of an existing bucket whose default encryption has one. */
    bucketKeyArn: text(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
      'the ARN of a KMS key such as "arn:aws:kms:eu-west-1:111122223333:key/…"',
    ).exactOptional(),
    /** Whether the stack's own bucket tells EventBridge too what comes, changes and goes: sources and thumbnails. */
    eventBridge: flag().default(false),
    /** Runs that send what is missing or stale to the function again. @default none */
    repair: repairSchema.exactOptional(),
    /** What S3 announces: keys that end in one of the extensions, or all; then the bytes alone decide. */
    watch: oneOf(WATCH).default('extensions'),
    /** What keys end in; spelled in lower or upper case, or capitalised where S3 has rules left (watch.ts). */
    extensions: listOf(extension, EXTENSION_LIST).max(MAX_EXTENSIONS, EXTENSION_LIST).exactOptional(),
    /** Whether libheif and ImageMagick, in a layer of their own, read what sharp does not: HEIC; BMP, ICO, PSD, RAW, … */
    otherFormats: flag().default(true),
    /** Colours of the thumbnails; p3 keeps those of wide-gamut sources. */
    gamut: oneOf(GAMUTS).default('srgb'),
    /** Whether the thumbnails keep Artist and Copyright. Nothing else of a source's metadata ever gets into them. */
    keepCopyright: flag().default(false),
    /** What one source may take at most. */
    limits: limitsSchema.prefault({}),
    architecture: oneOf(ARCHITECTURES).default('arm64'),
    /** Memory of the function; CPU follows it: 1,769 MiB buy one CPU. */
    memoryMiB: wholeNumber(256, 10_240, 'MiB').default(1769),
    /** Time that one batch of sources may take. */
    timeoutSeconds: wholeNumber(1, 900, 'seconds').default(60),
    /** Sources handed to the function at once, at most. Above 10 SQS gathers them for up to a second. */
    batchSize: wholeNumber(1, 100).default(10),
    /** Functions running at once, at most: what bounds the bill. */
    maxConcurrency: wholeNumber(2, 1000).default(10),
    /** What becomes of the bucket and the dead-letter queue when the stack is deleted. */
    removalPolicy: oneOf(['retain', 'destroy']).default('retain'),
  },
  'an object of settings such as { "architecture": "arm64" }',
);

/** The names of the settings, by what holds them. */
export const SETTING_NAMES = {
  root: Object.keys(configSchema.shape),
  variants: Object.keys(variantFields.shape),
  limits: Object.keys(limitsSchema.shape),
  repair: Object.keys(repairSchema.shape),
  env: Object.keys(envSchema.shape),
} as const;
