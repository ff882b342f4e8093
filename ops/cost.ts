/** `npm run cost`: what the thumbnails of so many images cost on AWS, by service. */
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from '../layers/architecture';
import { type Cost, cost, MEASURED, ONE_CPU_MIB, PRICES, usage, type Workload } from '../lib/cost';
import { run } from './run';
import { alignedLines } from './table';
import { jsonLine } from './visible';

const MEMORIES_MIB = [512, 1024, ONE_CPU_MIB, 3008];

const USAGE = `npm run cost -- [options]

  --images N          how many images [1000000]
  --mb N              their mean size, in MB [${MEASURED.meanMB}]
  --variants N        thumbnails of each [1]
  --memory N          MiB of the function [${ONE_CPU_MIB}]
  --architecture A    ${ARCHITECTURES.join(' or ')} [arm64]
  --batch N           images an invocation [10]
  --json              one line of JSON instead of the tables`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '1000000' },
      mb: { type: 'string', default: `${MEASURED.meanMB}` },
      variants: { type: 'string', default: '1' },
      memory: { type: 'string', default: `${ONE_CPU_MIB}` },
      architecture: { type: 'string', default: 'arm64' },
      batch: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const number = (name: 'images' | 'mb' | 'variants' | 'memory' | 'batch') =>
    Number(values[name]) > 0 ? Number(values[name]) : fail(name, 'a number above 0', values[name]);
  const images = number('images');
  const variants = number('variants');
  const work: Workload = {
    meanMB: number('mb'),
    variants,
    announced: variants,
    architecture:
      ARCHITECTURES.find(known => known === values.architecture) ??
      fail('architecture', ARCHITECTURES.join(' or '), values.architecture),
    memoryMiB: number('memory'),
    batchSize: number('batch'),
  };
  const dollars = dollarsFor(images, work);
  if (values.json) {
    console.log(jsonLine({ images, ...work, region: PRICES.region, asOf: PRICES.asOf, dollars }));
    return;
  }
  const { meanMB, architecture, memoryMiB } = work;
  console.log(
    `Dollars for ${images} images of ${meanMB} MB, ${variants} variant(s), ${architecture}, ${memoryMiB} MiB:\n`,
  );
  const { lambda, s3, sqs, logs, total } = dollars;
  print([
    ['', 'Lambda', 'S3 requests', 'SQS', 'logs', 'total'],
    ['', ...[lambda, s3, sqs, logs, total].map(cents)],
  ]);
  console.log('\nTotals by architecture and memory:\n');
  print([['', ...MEMORIES_MIB.map(memory => `${memory} MiB`)], ...totals(images, work)]);
  console.log(
    `\nPrices of ${PRICES.region} as of ${PRICES.asOf}, without free tiers: lib/cost.ts. Times as last measured: docs/performance.md.`,
  );
}

function dollarsFor(images: number, work: Workload): Cost {
  const { lambda, s3, sqs, logs, total } = cost(usage(work), work);
  const share = (million: number) => (million * images) / 1e6;
  return { lambda: share(lambda), s3: share(s3), sqs: share(sqs), logs: share(logs), total: share(total) };
}

function totals(images: number, work: Workload): string[][] {
  const total = (architecture: Architecture, memoryMiB: number) =>
    cents(dollarsFor(images, { ...work, architecture, memoryMiB }).total);
  return ARCHITECTURES.map(architecture => [
    architecture,
    ...MEMORIES_MIB.map(memory => total(architecture, memory)),
  ]);
}

function cents(dollars: number): string {
  return dollars.toFixed(2);
}

function print(rows: readonly (readonly string[])[]): void {
  console.log(alignedLines(rows, { numbersFrom: 1 }).join('\n'));
}

function fail(name: string, expected: string, received: unknown): never {
  throw new Error(`Expected ${expected} for --${name} but received ${received}.\n\n${USAGE}`);
}

run(main);
