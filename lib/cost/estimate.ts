import type { Architecture } from '../../layers/architecture';
import { MEASURED, MEASURED_MB, READING_MS, type Taken } from './measured';
import { PRICES } from './prices';

/** What is asked of the app. */
export interface Workload {
  /** Mean size of the images, in MB; time is taken to grow with it. */
  readonly meanMB: number;
  readonly variants: number;
  /** Variants whose thumbnails S3 announces too, for the function to skip. */
  readonly announced: number;
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  readonly batchSize: number;
}

/** Dollars for a million images. */
export interface Cost {
  readonly lambda: number;
  readonly s3: number;
  readonly sqs: number;
  readonly logs: number;
  readonly total: number;
}

/** A way to make thumbnails, by what it does for one image. */
interface Style {
  readonly taken: Taken;
  /** Images an invocation. */
  readonly batch: number;
  readonly invocations: number;
  readonly gets: number;
  readonly puts: number;
  readonly queueRequests: number;
  readonly logBytes: number;
}

/** How often a thumbnail that is made at each view is asked for, past the caches. @default for {@link onTheFly} */
export const VIEWS = 3;

/** Memory at which Lambda gives one CPU; below, the time grows as the share shrinks. */
const ONE_CPU_MIB = 1769;
const MIB_PER_GIGABYTE = 1024;
/** Bytes of log: our line in Lambda's envelope, and Lambda's own three lines an invocation. */
const LINE_BYTES = 600;
const INVOCATION_BYTES = 900;

/** This app. */
export function miniaturas(work: Workload): Cost {
  const { variants, announced, batchSize: batch } = work;
  const events = 1 + announced;
  return costOf(
    {
      taken: MEASURED.miniaturas,
      batch,
      invocations: events / batch,
      // The source, and the second look at it.
      gets: 2,
      puts: variants,
      // Each is sent alone; received and deleted ten at a time.
      queueRequests: events * (1 + 2 / Math.min(batch, 10)),
      logBytes: LINE_BYTES * events + (INVOCATION_BYTES * events) / batch,
    },
    work,
  );
}

/** The function of the tutorials in Python with Pillow: S3 calls it for each image; it decodes once a variant. */
export function pillowStyle(work: Workload): Cost {
  const { cpuMs, waitingMs } = MEASURED.pillow;
  const taken = { cpuMs: cpuMs * work.variants, waitingMs };
  const style = {
    batch: 1,
    invocations: 1,
    gets: 1,
    puts: work.variants,
    queueRequests: 0,
    logBytes: INVOCATION_BYTES,
  };
  return costOf({ taken, ...style }, work);
}

/** A function behind a CDN that makes a thumbnail whenever a cache lacks it, and keeps none; without the CDN's price. */
export function onTheFly(work: Workload, views = VIEWS): Cost {
  const made = views * work.variants;
  const taken = { cpuMs: MEASURED.miniaturas.cpuMs * made, waitingMs: READING_MS * made };
  const style = {
    batch: 1,
    invocations: made,
    gets: made,
    puts: 0,
    queueRequests: 0,
    logBytes: INVOCATION_BYTES * made,
  };
  return costOf({ taken, ...style }, work);
}

function costOf(style: Style, { architecture, memoryMiB, meanMB }: Workload): Cost {
  const cpus = memoryMiB / ONE_CPU_MIB;
  // One image after the other uses one CPU; a batch uses all.
  const speed = style.batch === 1 ? Math.min(1, cpus) : cpus;
  const cpuMs = (style.taken.cpuMs * (meanMB / MEASURED_MB)) / speed;
  const seconds = (cpuMs + style.taken.waitingMs / style.batch) / 1000;
  const { lambda, s3, sqs, logs } = PRICES;
  const cost = {
    lambda:
      seconds * (memoryMiB / MIB_PER_GIGABYTE) * lambda.gigabyteSecond[architecture] +
      style.invocations * lambda.request,
    s3: style.gets * s3.get + style.puts * s3.put,
    sqs: style.queueRequests * sqs.request,
    logs: (style.logBytes / 1e9) * logs.ingestedGigabyte,
  };
  const million = (dollars: number) => dollars * 1e6;
  return {
    lambda: million(cost.lambda),
    s3: million(cost.s3),
    sqs: million(cost.sqs),
    logs: million(cost.logs),
    total: million(cost.lambda + cost.s3 + cost.sqs + cost.logs),
  };
}

/** The estimate in one line, for synth. */
export function costLine(work: Workload): string {
  const { lambda, s3, sqs, logs, total } = miniaturas(work);
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  return (
    `About ${dollars(total)} for a million images of ${work.meanMB} MB: Lambda ${dollars(lambda)}, S3 requests ${dollars(s3)}, ` +
    `SQS ${dollars(sqs)}, logs ${dollars(logs)} (${PRICES.region}, prices of ${PRICES.asOf}; npm run cost).`
  );
}
