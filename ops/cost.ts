/** `npm run cost`: what a month of images costs on AWS, by service, beside other ways to make thumbnails. */
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from '../layers/architecture';
import { type Cost, miniaturas, onTheFly, pillowStyle, VIEWS, type Workload } from '../lib/cost/estimate';
import { MEASURED_MB } from '../lib/cost/measured';
import { PRICES } from '../lib/cost/prices';
import { run } from './run';
import { alignedLines } from './table';
import { jsonLine } from './visible';

const MEMORIES = [512, 1024, 1769, 3008];

const USAGE = `npm run cost -- [options]

  --images N          images a month [1000000]
  --mb N              their mean size, in MB [${MEASURED_MB}]
  --variants N        thumbnails of each [1]
  --memory N          MiB of the function [1769]
  --architecture A    ${ARCHITECTURES.join(' or ')} [arm64]
  --batch N           images handed to the function at once [10]
  --views N           how often on-the-fly makes each thumbnail [${VIEWS}]
  --json              one line of JSON instead of the tables`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      images: { type: 'string', default: '1000000' },
      mb: { type: 'string', default: `${MEASURED_MB}` },
      variants: { type: 'string', default: '1' },
      memory: { type: 'string', default: '1769' },
      architecture: { type: 'string', default: 'arm64' },
      batch: { type: 'string', default: '10' },
      views: { type: 'string', default: `${VIEWS}` },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const architecture = ARCHITECTURES.find(known => known === values.architecture);
  if (architecture === undefined) fail('architecture', ARCHITECTURES.join(' or '), values.architecture);
  const [images, meanMB, variants, memoryMiB, batchSize, views] = (
    ['images', 'mb', 'variants', 'memory', 'batch', 'views'] as const
  ).map(name =>
    Number(values[name]) > 0 ? Number(values[name]) : fail(name, 'a number above 0', values[name]),
  ) as [number, number, number, number, number, number];
  const work: Workload = { meanMB, variants, announced: variants, architecture, memoryMiB, batchSize };
  const styles = {
    'this app': miniaturas(work),
    'Pillow style': pillowStyle(work),
    'on the fly': onTheFly(work, views),
  };

  if (values.json) {
    const dollarsAMillion = {
      thisApp: styles['this app'],
      pillowStyle: styles['Pillow style'],
      onTheFly: styles['on the fly'],
    };
    console.log(
      jsonLine({ images, views, ...work, region: PRICES.region, asOf: PRICES.asOf, dollarsAMillion }),
    );
    return;
  }

  console.log(
    `Dollars for a million images of ${meanMB} MB, ${variants} variant(s), ${architecture}, ${memoryMiB} MiB:`,
  );
  const services = ['lambda', 's3', 'sqs', 'logs', 'total'] as const;
  printTable([
    ['', 'Lambda', 'S3 requests', 'SQS', 'logs', 'total', `${images} images`],
    ...Object.entries(styles).map(([name, cost]) => [
      name,
      ...services.map(service => cost[service].toFixed(2)),
      ((cost.total * images) / 1e6).toFixed(2),
    ]),
  ]);

  console.log('Totals by memory and architecture:');
  printTable([
    ['', ...MEMORIES.map(memory => `${memory} MiB`)],
    ...ARCHITECTURES.flatMap(architecture => rowsOf(architecture, work, views)),
  ]);
  console.log(
    `Prices of ${PRICES.region} as of ${PRICES.asOf}, free tiers left out: lib/cost/prices.ts. Times as last measured: docs/performance.md.`,
  );
}

function rowsOf(architecture: Architecture, work: Workload, views: number): string[][] {
  const row = (name: string, cost: (work: Workload) => Cost) => [
    `${name}, ${architecture}`,
    ...MEMORIES.map(memoryMiB => cost({ ...work, architecture, memoryMiB }).total.toFixed(2)),
  ];
  return [
    row('this app', miniaturas),
    row('Pillow style', pillowStyle),
    row('on the fly', work => onTheFly(work, views)),
  ];
}

function printTable(rows: readonly (readonly string[])[]): void {
  console.log(`\n${alignedLines(rows, { numbersFrom: 1 }).join('\n')}\n`);
}

function fail(name: string, expected: string, received: unknown): never {
  throw new Error(`Expected ${expected} for --${name} but received ${received}.\n\n${USAGE}`);
}

run(main);
