/** `npm run cost`: what the thumbnails of so many images cost on AWS, by service, as the app is configured. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from '../layers/architecture';
import { configOf } from '../lib/config/cdk-json';
import { ASSUMED } from '../lib/cost/cost';
import { FORMATS } from '../lib/cost/measured';
import { standbyOf, workOf } from '../lib/cost/work';
import { jsonOf, type Question, report } from './cost-report';
import { mixOf } from './mix';
import { run } from './run';
import { UsageError } from './usage-error';
import { jsonLine } from './visible';

const USAGE = `npm run cost -- [options]   dollars for the thumbnails of so many images

  --images N          how many images (default 1000000)
  --mix LIST          their formats in percent, such as heic=60,jpeg=40 (default jpeg=100):
                      ${FORMATS.join(' ')}
                      (all were measured but raw, which is an estimate)
  --mb N              their mean size in MB (default: that of the measured ones)
  --replaced N        how many percent of them replace an older image (default 0)
  --starts N          cold starts in a hundred invocations (default 1)
  --json              one line of JSON instead of the tables

In place of what cdk.json says:
  --variants N        thumbnails of each image
  --side N            the longer side of the largest one's box, in px
  --memory N          MiB of the function
  --architecture A    ${ARCHITECTURES.join(' or ')}
  --batch N           images an invocation
  --concurrency N     functions running at once, at most`;

async function main(): Promise<void> {
  const options = parse();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const question = questionOf(options);
  console.log(options.json ? jsonLine(jsonOf(question)) : report(question).join('\n'));
}

type Options = ReturnType<typeof parse>;

function parse() {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean', default: false } as const;
    const inPlaceOfCdkJson = {
      variants: text,
      side: text,
      memory: text,
      architecture: text,
      batch: text,
      concurrency: text,
    };
    return parseArgs({
      options: {
        images: { ...text, default: '1000000' },
        mix: text,
        mb: text,
        replaced: { ...text, default: '0' },
        starts: { ...text, default: `${100 * ASSUMED.coldStarts}` },
        ...inPlaceOfCdkJson,
        json: flag,
        help: flag,
      },
    }).values;
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ');
    throw new UsageError(`${sentence}. See \`npm run cost -- --help\`.`, { cause });
  }
}

function questionOf(options: Options): Question {
  const { mix, mb, variants, side, memory, architecture, batch, concurrency } = options;
  const config = configOf(join(__dirname, '../cdk.json'), {
    memoryMiB: memory,
    architecture,
    batchSize: batch,
    maxConcurrency: concurrency,
  });
  const configured = workOf(config);
  const count = variants === undefined ? undefined : wholeNumber('variants', variants);
  const work = {
    ...configured,
    ...(mix !== undefined && { mix: mixOf(mix) }),
    ...(mb !== undefined && { meanMB: positive('mb', mb) }),
    ...(count !== undefined && { variants: count, announced: count }),
    ...(side !== undefined && { largestPx: wholeNumber('side', side) }),
    replaced: percentage('replaced', options.replaced) / 100,
    coldStarts: percentage('starts', options.starts) / 100,
  };
  return {
    images: wholeNumber('images', options.images),
    work,
    maxConcurrency: config.maxConcurrency,
    standby: standbyOf(config),
    isRepaired: config.repair !== undefined,
  };
}

function wholeNumber(name: keyof Options, text: string): number {
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : fail(name, 'a whole number above 0', text);
}

function positive(name: keyof Options, text: string): number {
  return Number(text) > 0 && Number.isFinite(Number(text))
    ? Number(text)
    : fail(name, 'a number above 0', text);
}

function percentage(name: keyof Options, text: string): number {
  const isOne = text.trim() !== '' && Number(text) >= 0 && Number(text) <= 100;
  return isOne ? Number(text) : fail(name, 'a percentage from 0 to 100', text);
}

function fail(name: string, expected: string, received: string): never {
  throw new UsageError(
    `Expected ${expected} for --${name} but received ${received || 'nothing'}. See \`npm run cost -- --help\`.`,
  );
}

run(main);
