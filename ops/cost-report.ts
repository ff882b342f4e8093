import { ARCHITECTURES } from '../layers/architecture';
import {
  type Cost,
  cost,
  dollarsASecond,
  IDLE,
  idleMonth,
  megabytesOf,
  ONE_CPU_MIB,
  type Standby,
  usage,
  type Workload,
} from '../lib/cost/cost';
import { MEASURED } from '../lib/cost/measured';
import { PRICES } from '../lib/cost/prices';
import { type RepairRun, repairRun } from '../lib/cost/repair';
import { alignedLines } from './table';

/** What is asked for. */
export interface Question {
  readonly images: number;
  readonly work: Workload;
  /** Functions running at once, at most. */
  readonly maxConcurrency: number;
  readonly standby: Standby;
  /** Whether the bucket is repaired by a schedule. */
  readonly isRepaired: boolean;
}

const MEMORIES_MIB = [512, 1024, ONE_CPU_MIB, 3008];

/** The answer for programs; shares are of 1. */
export function jsonOf({ images, work, maxConcurrency, standby, isRepaired }: Question): object {
  const { region, asOf } = PRICES;
  const { total: idleDollars, polls, alarms, dashboards } = idleMonth(standby);
  const month = { idleDollars, polls, alarms, dashboards };
  const repair = isRepaired ? { repair: repairOf(images, work) } : {};
  return {
    images,
    ...work,
    maxConcurrency,
    region,
    asOf,
    dollars: dollarsFor(images, work),
    month,
    ...repair,
  };
}

/** The answer for people: dollars by service, totals by size of the function, and what was assumed, a line each. */
export function report(question: Question): string[] {
  return [
    titleOf(question),
    '',
    ...services(question),
    '',
    'Totals by architecture and memory:',
    '',
    ...totals(question),
    '',
    ...remarks(question),
  ];
}

function titleOf({ images, work }: Question): string {
  const { mix, meanMB = megabytesOf(mix), variants, largestPx, architecture, memoryMiB, batchSize } = work;
  const formats = Object.entries(mix).map(([format, share]) => `${round(100 * share)} % ${format}`);
  const boxes =
    variants === 1 ? `1 variant of ${largestPx} px` : `${variants} variants up to ${largestPx} px`;
  return (
    `Dollars for ${whole(images)} images (${formats.join(', ')}; ${round(meanMB)} MB), ${boxes}, ` +
    `${architecture}, ${memoryMiB} MiB, batches of ${batchSize}:`
  );
}

/** Each service with its dollars and what they are for; below the total, what a month costs without any image. */
function services({ images, work, standby, isRepaired }: Question): string[] {
  const used = usage(work);
  const { lambda, s3, sqs, eventBridge, logs, total } = dollarsFor(images, work);
  const idle = idleMonth(standby);
  const rows = [
    ['Lambda', lambda, `${round(used.billedMs)} ms an image; ${coldStarts(work)}`],
    ['S3 requests', s3, `an image: ${round(used.gets)} GET or HEAD, ${round(used.puts)} PUT`],
    ['SQS', sqs, `an image: ${messages(work)}`],
    ...(work.eventBridge
      ? ([
          [
            'EventBridge',
            eventBridge,
            `an image: ${whole(used.bridgeEvents)} events, its thumbnails' included`,
          ],
        ] as const)
      : []),
    ['logs', logs, `${round(used.logBytes / 1000)} kB an image`],
    ['total', total, ''],
    [
      'idle month',
      idle.polls,
      `Lambda asks an empty queue ${whole(idle.requests)} times: ${IDLE.pollers} at once, ${IDLE.secondsAPoll} s each (assumed)`,
    ],
    ...(standby.alarms > 0
      ? ([['', idle.alarms, `${standby.alarms} alarms; the first ten of an account are free`]] as const)
      : []),
    ...(standby.dashboards > 0
      ? ([['', idle.dashboards, 'the dashboard; the first three of an account are free']] as const)
      : []),
    ...(isRepaired ? [repairRow(images, work)] : []),
  ] as const;
  const aligned = alignedLines(
    rows.map(([name, dollars]) => [name, cents(dollars)]),
    { numbersFrom: 1 },
  );
  return rows.map(([, , what], i) => `${aligned[i]}  ${what}`.trimEnd());
}

function repairOf(images: number, { variants, architecture }: Workload): RepairRun {
  return repairRun({ sources: images, variants, architecture });
}

function repairRow(images: number, work: Workload): readonly [string, number, string] {
  const { pages, seconds, dollars } = repairOf(images, work);
  const what = `${whole(pages)} pages of their listings in ${round(seconds / 60)} minutes; what it has made anew costs as above`;
  return ['a repair', dollars.total, what];
}

function coldStarts({ coldStarts }: Workload): string {
  return `${round(100 * coldStarts)} % of the invocations start cold and pay for INIT (${round(MEASURED.initMs)} ms) too`;
}

function messages({ announced }: Workload): string {
  const own = '1 message';
  return announced === 0 ? own : `${own}, and ${announced} because S3 announces thumbnails too`;
}

function totals({ images, work }: Question): string[] {
  const rows = ARCHITECTURES.map(architecture => [
    architecture,
    ...MEMORIES_MIB.map(memoryMiB => cents(dollarsFor(images, { ...work, architecture, memoryMiB }).total)),
  ]);
  return alignedLines([['', ...MEMORIES_MIB.map(memory => `${memory} MiB`)], ...rows], { numbersFrom: 1 });
}

function remarks({ images, work, maxConcurrency }: Question): string[] {
  const { replaced, variants } = work;
  const hours = (usage(work).billedMs * images) / maxConcurrency / 3_600_000;
  const hourly = maxConcurrency * 3600 * dollarsASecond(work);
  const replacing = variants * (PRICES.s3.put + PRICES.s3.get) * 1e6;
  return [
    `With ${maxConcurrency} functions at once it takes ${round(hours)} hours or longer, and their time costs ${cents(hourly)} an hour at most.`,
    `${round(100 * replaced)} % replace older images; those cost ${cents(replacing)} a million more: a refused PUT and a HEAD for each variant.`,
    'Assumed: full batches, each variant for each image, JPEG thumbnails, arm64 as fast as the x86_64 that was measured.',
    'Not in it: your uploads (a PUT each), storage, transfer, free tiers, and images that fail or are tried again.',
    `Prices of ${PRICES.region} as of ${PRICES.asOf}: lib/cost/prices.ts. Times as measured: lib/cost/measured.ts.`,
  ];
}

function dollarsFor(images: number, work: Workload): Cost {
  const services = Object.entries(cost(usage(work), work));
  return Object.fromEntries(
    services.map(([name, dollars]) => [name, (dollars * images) / 1e6]),
  ) as unknown as Cost;
}

function cents(dollars: number): string {
  return dollars.toFixed(2);
}

/** Two digits, or all before the point. */
function round(value: number): string {
  return value >= 10 ? whole(value) : `${Number(value.toPrecision(2))}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
