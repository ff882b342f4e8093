import type { Architecture } from '../layers/architecture';

/**
 * What AWS charges in us-east-1, in US dollars, without free tiers and volume discounts. From the public pages named here,
 * as of 2025; prices change seldom, other regions cost up to twice as much.
 */
export const PRICES = {
  asOf: '2025',
  region: 'us-east-1',
  lambda: {
    source: 'https://aws.amazon.com/lambda/pricing/',
    gigabyteSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
    request: 0.2 / 1e6,
  },
  s3: {
    source: 'https://aws.amazon.com/s3/pricing/ (S3 Standard, requests)',
    put: 5 / 1e6,
    /** HEAD costs the same; DELETE is free. */
    get: 0.4 / 1e6,
  },
  sqs: {
    source: 'https://aws.amazon.com/sqs/pricing/ (standard queues)',
    /** Up to 64 KB each; one for up to ten messages that are received or deleted together. */
    request: 0.4 / 1e6,
  },
  logs: {
    source: 'https://aws.amazon.com/cloudwatch/pricing/ (logs, standard class)',
    ingestedGigabyte: 0.5,
  },
} as const;

/** Times of this app, from bench/results/billed.json; a test compares the two. */
export const MEASURED = {
  /** Mean size of the photos, in MB. */
  meanMB: 2.6,
  /** CPU time a photo, in batches of ten. */
  cpuMs: 37.8,
  /** Billed time of an invocation in which it waits for S3. */
  waitingMs: 93,
} as const;

/** Memory at which Lambda gives one CPU; the share of CPU is proportional. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const ONE_CPU_MIB = 1769;
const MIB_PER_GIGABYTE = 1024;
/** Our line of log in Lambda's envelope. */
const LINE_BYTES = 600;
/** Lambda's own three lines an invocation. */
export const INVOCATION_BYTES = 900;

/** What the app is to do. */
export interface Workload {
  /** Mean size of the images, in MB; CPU time is assumed proportional to it. */
  readonly meanMB: number;
  readonly variants: number;
  /** Variants whose thumbnails S3 announces too, for the function to skip. */
  readonly announced: number;
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  readonly batchSize: number;
}

/** What AWS bills for one image. */
export interface Usage {
  readonly billedMs: number;
  readonly invocations: number;
  readonly gets: number;
  readonly puts: number;
  readonly queueRequests: number;
  readonly logBytes: number;
}

/** Dollars for a million images, by service. */
export interface Cost {
  readonly lambda: number;
  readonly s3: number;
  readonly sqs: number;
  readonly logs: number;
  readonly total: number;
}

/** What this app uses for one image. */
export function usage({ meanMB, variants, announced, memoryMiB, batchSize }: Workload): Usage {
  const events = 1 + announced;
  const cpus = memoryMiB / ONE_CPU_MIB;
  // A single image is rendered on one CPU; a batch uses all.
  const speed = batchSize === 1 ? Math.min(1, cpus) : cpus;
  const cpuMs = (MEASURED.cpuMs * (meanMB / MEASURED.meanMB)) / speed;
  return {
    billedMs: cpuMs + MEASURED.waitingMs / batchSize,
    invocations: events / batchSize,
    // The source, and the check of its ETag after writing.
    gets: 2,
    puts: variants,
    queueRequests: events * queueRequests(batchSize),
    logBytes: LINE_BYTES * events + (INVOCATION_BYTES * events) / batchSize,
  };
}

/** Requests to SQS for one message: it is sent alone, received and deleted with up to nine others. */
export function queueRequests(batchSize: number): number {
  return 1 + 2 / Math.min(batchSize, 10);
}

export function cost(
  used: Usage,
  { architecture, memoryMiB }: Pick<Workload, 'architecture' | 'memoryMiB'>,
): Cost {
  const million = (dollars: number) => dollars * 1e6;
  const gigabyteSeconds = (used.billedMs / 1000) * (memoryMiB / MIB_PER_GIGABYTE);
  const lambda = million(
    gigabyteSeconds * PRICES.lambda.gigabyteSecond[architecture] + used.invocations * PRICES.lambda.request,
  );
  const s3 = million(used.gets * PRICES.s3.get + used.puts * PRICES.s3.put);
  const sqs = million(used.queueRequests * PRICES.sqs.request);
  const logs = million((used.logBytes / 1e9) * PRICES.logs.ingestedGigabyte);
  return { lambda, s3, sqs, logs, total: lambda + s3 + sqs + logs };
}

/** What this app costs, in one line, for synth. */
export function costLine(work: Workload): string {
  const { lambda, s3, sqs, logs, total } = cost(usage(work), work);
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  return (
    `About ${dollars(total)} for a million images of ${work.meanMB} MB: Lambda ${dollars(lambda)}, S3 requests ${dollars(s3)}, ` +
    `SQS ${dollars(sqs)}, logs ${dollars(logs)} (${PRICES.region}, prices of ${PRICES.asOf}; npm run cost).`
  );
}
