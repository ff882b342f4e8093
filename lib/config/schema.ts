import { z } from 'zod';
import { GAMUTS } from '../../lambda/thumbnail/model/variant';
import { ARCHITECTURES } from '../../layers/architecture';
import {
  dollars,
  flag,
  listOf,
  ofForm,
  oneOf,
  orFalse,
  type Told,
  text,
  textThat,
  wholeNumber,
} from './expect';
import { schedule, timeZone } from './schedule';
import { variantFields, variantSchema } from './variant-schema';
import { MAX_EXTENSIONS, WATCH } from './watch';

const extension = text(
  /^[a-z0-9]{1,16}$/,
  'a file name extension in lower case, without its dot, such as "jpg"',
);

const EXTENSION_LIST = `a list of 1 to ${MAX_EXTENSIONS} extensions such as ["jpg", "png"]`;

const limitsSchema = z
  .strictObject(
    {
      sourceMiB: wholeNumber(1, 2048, 'MiB')
        .exactOptional()
        .meta({
          description: 'Size of the stored image.',
          otherwise: 'by `memoryMiB`: 158 at 1,769',
          costs:
            'Memory: images that are worked on at once take no more than this together, beside what rendering needs.',
        } satisfies Told),
      megapixels: wholeNumber(1, 10_000, 'megapixels')
        .exactOptional()
        .meta({
          description: 'Pixels of all frames that are decoded, in millions.',
          otherwise: 'by `memoryMiB`: 300 at 1,769',
          costs: 'CPU time: what one image may take of it.',
        } satisfies Told),
      frames: wholeNumber(1, 100_000, 'frames')
        .exactOptional()
        .meta({
          description: 'Frames of an animation that stays one.',
          otherwise: '300',
          costs: 'CPU time and memory, for each frame.',
        } satisfies Told),
      seconds: wholeNumber(1, 900, 'seconds')
        .exactOptional()
        .meta({
          description: 'Time for all thumbnails of one image; no more than `timeoutSeconds`.',
          otherwise: 'a third of `timeoutSeconds`, 20 at most',
          costs: 'Lambda bills it, also for images that are rejected in the end.',
        } satisfies Told),
    },
    'limits such as { "megapixels": 100 }',
  )
  .meta({ takes: 'the settings below' });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = text(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'the name of a bucket (3 to 63 lower-case letters, digits, hyphens and dots, a letter or digit at both ends)',
);

const repairSchema = z
  .strictObject(
    {
      schedule: schedule.meta({
        description: 'When a run starts, as EventBridge Scheduler writes it.',
        otherwise: 'none: a repair needs one',
        costs: 'Each run lists all sources and thumbnails: [what a night costs](docs/repair.md).',
      } satisfies Told),
      timeZone: timeZone.exactOptional().meta({
        description: 'Of a schedule with `cron`, such as `Europe/Madrid`.',
        otherwise: '`UTC`',
      } satisfies Told),
      maxSources: wholeNumber(1, 10_000_000, 'sources')
        .default(100_000)
        .meta({
          description:
            'Sources that one run sends to the function, at most; the rest waits for the next run.',
          costs: 'It bounds the bill of a run.',
        } satisfies Told),
    },
    'a schedule such as { "schedule": "cron(0 3 * * ? *)" }',
  )
  .meta({ takes: 'the settings below' });

const envSchema = z
  .strictObject(
    {
      account: text(/^\d{12}$/, 'the number of an account such as "111122223333", in quotes')
        .exactOptional()
        .meta({
          description: 'Account that it is deployed to.',
          otherwise: 'that of the credentials',
        } satisfies Told),
      region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as "eu-west-1"')
        .exactOptional()
        .meta({
          description: 'Region that it is deployed to. An existing bucket must be in it.',
          otherwise: 'that of the credentials',
          costs: 'Prices differ by region; what synth says is for us-east-1.',
        } satisfies Told),
    },
    'an account and a region such as { "account": "111122223333", "region": "eu-west-1" }',
  )
  .meta({ takes: 'the settings below' });

const alarmsSchema = z.strictObject(
  {
    email: text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address such as "ops@example.com"')
      .exactOptional()
      .meta({
        description: 'Who is told by e-mail; AWS asks them to confirm first.',
        otherwise: 'nobody: alarms are seen in CloudWatch and by `npm run status`',
      } satisfies Told),
    topicArn: text(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
      'the ARN of a topic such as "arn:aws:sns:eu-west-1:111122223333:alarms"',
    )
      .exactOptional()
      .meta({
        description: 'A topic of SNS that is there already, and lets CloudWatch publish.',
        otherwise: 'one of the stack’s own',
      } satisfies Told),
    dollarsAnHour: dollars()
      .exactOptional()
      .meta({
        description:
          'What an hour may cost: three in a row above it are [an alarm](docs/runbook.md#it-costs-too-much).',
        otherwise: 'half of what `maxConcurrency` lets an hour cost',
      } satisfies Told),
    brake: flag()
      .default(false)
      .meta({
        description:
          'The function gets no more images when that alarm is raised, until `npm run brake -- --release`.',
        costs: 'A backfill of millions applies it too. Uploads wait meanwhile, for 14 days at most.',
      } satisfies Told),
  },
  'alarms such as { "email": "ops@example.com" }, or false for none',
);

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;
const A_KEY_ARN = '"arn:aws:kms:eu-west-1:111122223333:key/…"';

const TAGS = 'tags such as { "team": "web" }';
/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tagName = text(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u, TAGS);
const tagValue = text(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, 'the value of a tag such as "web"');

/**
 * Every setting of the app, each by itself: what it may be, what it is if it is not given, and what docs/configuration.md and
 * editors (cdk.schema.json) say of it. `npm run reference` writes both anew.
 */
export const configSchema = z.strictObject(
  {
    variants: listOf(variantSchema, 'a list of one or more variants')
      .prefault([{}])
      .meta({
        description: 'The thumbnails made of each image, all from one decoding.',
        otherwise: 'one variant with its defaults',
        costs:
          'Each is one more PUT of S3, $5 a million; four of them take a quarter more CPU time than the largest alone.',
      } satisfies Told),
    bucketName: bucketName.exactOptional().meta({
      description: 'An [existing bucket](docs/existing-bucket.md), which is never reconfigured.',
      otherwise: 'a bucket of the stack’s own',
      costs:
        'EventBridge: $1 for a million events. Once set, a bucket of the stack’s own stays, but is no longer in the stack.',
    } satisfies Told),
    bucketKeyArn: text(KEY_ARN, `the ARN of a KMS key such as ${A_KEY_ARN}`)
      .exactOptional()
      .meta({
        description: 'The KMS key of an existing bucket whose default encryption has one.',
        otherwise: 'none',
      } satisfies Told),
    encryptionKey: textThat([
      ofForm(
        new RegExp(`^create$|${KEY_ARN.source}`),
        `"create", or the ARN of a KMS key such as ${A_KEY_ARN}`,
      ),
    ])
      .exactOptional()
      .meta({
        description:
          'KMS key of the stack’s own bucket, of the queues and of the log: `create`, or the ARN of one that exists and has the ' +
          '[statements it needs](docs/security.md#a-key-of-your-own).',
        otherwise: 'keys of AWS’s',
        costs:
          '$1 a month for a key, and KMS’s requests. Whoever loses the key loses the images. To change it, empty the queues first.',
      } satisfies Told),
    watch: oneOf(WATCH)
      .default('extensions')
      .meta({
        description:
          'Which keys are announced: those that end in one of the `extensions`, or all; then the bytes alone decide.',
        costs:
          'With `all` every object costs an invocation’s part, and what is no image is kept as a failure.',
      } satisfies Told),
    extensions: listOf(extension, EXTENSION_LIST, MAX_EXTENSIONS)
      .exactOptional()
      .meta({
        description:
          'File name extensions to watch: `.jpg`, `.JPG` and, [as far as S3 has rules](docs/images.md#names-that-are-seen), `.Jpg`.',
        otherwise: '[all that can be read](docs/images.md#formats)',
      } satisfies Told),
    otherFormats: flag()
      .default(true)
      .meta({
        description:
          'A second layer for what sharp does not read: HEIC (libheif), BMP, ICO, PSD, JPEG 2000, RAW, … (ImageMagick).',
        costs: 'A HEIC without a thumbnail of its own takes some 23 times the CPU time of a JPEG.',
      } satisfies Told),
    gamut: oneOf(GAMUTS)
      .default('srgb')
      .meta({
        description: 'Colours of the thumbnails; `p3` keeps those of wide-gamut images.',
        costs: 'With `p3` a small profile in each thumbnail.',
      } satisfies Told),
    keepCopyright: flag()
      .default(false)
      .meta({
        description: 'Keeps Artist and Copyright. No other metadata (GPS!) ever gets into a thumbnail.',
      } satisfies Told),
    limits: limitsSchema.prefault({}).meta({
      description:
        'What one image may take. Beyond it is rejected, and kept as a [failure](docs/images.md#limits).',
      otherwise: 'by memory and time',
    } satisfies Told),
    memoryMiB: wholeNumber(256, 10_240, 'MiB')
      .default(1769)
      .meta({
        description: 'Memory of the function. CPU follows it: 1,769 MiB come with one CPU.',
        costs:
          'Lambda bills memory × time. Less memory is slower for about the same price, and [lowers the limits](docs/images.md#limits).',
      } satisfies Told),
    timeoutSeconds: wholeNumber(1, 900, 'seconds')
      .default(60)
      .meta({
        description:
          'Time for one batch. A message that was not answered comes again after six times as long.',
        costs:
          'Short: large images are given back and tried again. Long: a function that hangs is billed for longer.',
      } satisfies Told),
    batchSize: wholeNumber(1, 100)
      .default(10)
      .meta({
        description:
          'Images handed to the function at once, at most. Above 10 SQS gathers them for up to a second.',
        costs:
          'Small batches cost more: waiting is billed for each. Above 10 a thumbnail comes up to a second later.',
      } satisfies Told),
    maxConcurrency: wholeNumber(2, 1000)
      .default(10)
      .meta({
        description: 'Functions running at once, at most.',
        costs:
          'It bounds what can be spent in an hour, and how fast a flood of images is worked off. It takes from the account’s 1,000.',
      } satisfies Told),
    architecture: oneOf(ARCHITECTURES)
      .default('arm64')
      .meta({
        description: 'CPU of the function and of its layers.',
        costs: '`x86_64` costs a quarter more for the same time.',
      } satisfies Told),
    eventBridge: flag()
      .default(false)
      .meta({
        description:
          'Others may listen: the stack’s own bucket [tells EventBridge too](docs/events.md) what comes and goes, thumbnails included.',
        costs: '$1 for a million events, of which each image and each thumbnail is one.',
      } satisfies Told),
    repair: repairSchema.exactOptional().meta({
      description:
        'Runs that find what is missing or stale and [send it to the function again](docs/repair.md).',
      otherwise: 'none',
    } satisfies Told),
    alarms: orFalse(alarmsSchema, 'the settings below, or false for none')
      .prefault({})
      .meta({
        description: 'CloudWatch’s alarms, each with its entry in the [runbook](docs/runbook.md).',
        otherwise: 'alarms that tell nobody but the stack’s own topic',
        costs:
          '$0.10 a month for each of the seven, and of a repair’s; the first ten of an account are free.',
      } satisfies Told),
    dashboard: flag()
      .default(true)
      .meta({
        description: 'A dashboard in CloudWatch: queue, outcomes, function, dollars.',
        costs: '$3 a month; the first three of an account are free.',
      } satisfies Told),
    removalPolicy: oneOf(['retain', 'destroy'])
      .default('retain')
      .meta({
        description: 'What becomes of the bucket, its key and the kept failures when the stack is deleted.',
        costs: '`destroy` deletes the bucket if it is empty, the kept failures, and after 30 days the key.',
      } satisfies Told),
    stackName: text(
      /^[A-Za-z][A-Za-z0-9-]{0,99}$/,
      'the name of a stack such as "Miniaturas" (a letter, then letters, digits and hyphens, 100 at most)',
    )
      .default('Miniaturas')
      .meta({
        description: 'Name of the stack; two in one account and region have two names.',
        costs: 'Another name is another stack, with a bucket of its own: the one before stays as it is.',
      } satisfies Told),
    env: envSchema.prefault({}).meta({
      description: 'Where the stack is deployed to.',
      otherwise: 'account and region of the credentials',
    } satisfies Told),
    tags: z.record(tagName, tagValue, TAGS).default({}).meta({
      takes: TAGS,
      description: 'Tags of the stack and of all its resources, such as those that your bills go by.',
    }),
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
  alarms: Object.keys(alarmsSchema.shape),
} as const;
