import type { Architecture } from '../../layers/architecture';
import { at, type Format, MEASURED } from './measured';
import { PRICES } from './prices';

/** Memory at which Lambda gives one CPU; the share of CPU is proportional. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const ONE_CPU_MIB = 1769;
const MIB_PER_GIGABYTE = 1024;
/** Our line of log in Lambda's envelope. */
const LINE_BYTES = 600;
/** Lambda's own three lines an invocation. */
export const INVOCATION_BYTES = 900;

/**
 * What Lambda's pollers ask of a queue that stays empty. They do not go below five where `maximumConcurrency` is set, as
 * ours is: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html. AWS says "long polling" and not how long;
 * SQS takes 20 s at most: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
 */
export const IDLE = { pollers: 5, secondsAPoll: 20, daysAMonth: 30 } as const;

/** What the app is to do. */
export interface Workload {
  /** The formats of the images, each with its share of 1. */
  readonly mix: Mix;
  /** Mean size of the images, in MB; CPU time is assumed proportional to it. @default that of the measured ones */
  readonly meanMB?: number;
  readonly variants: number;
  /** Variants whose thumbnails S3 announces too, for the function to skip. */
  readonly announced: number;
  /** Whether S3 tells EventBridge of each object. */
  readonly eventBridge: boolean;
  /** The longer side of the largest variant's box, in px. */
  readonly largestPx: number;
  readonly architecture: Architecture;
  readonly memoryMiB: number;
  readonly batchSize: number;
  /** Share of the images, of 1, that replace an older one: S3 refuses the first write of each of their thumbnails. */
  readonly replaced: number;
  /** Share of the invocations, of 1, that are cold starts: their INIT is billed too. */
  readonly coldStarts: number;
}

export type Mix = Readonly<Partial<Record<Format, number>>>;

/** What is assumed of the images where nothing is said. */
export const ASSUMED = {
  mix: { jpeg: 1 },
  replaced: 0,
  // AWS saw "under 1 %" over all functions: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase
  coldStarts: 0.01,
} as const;

/** What AWS bills for one image. */
export interface Usage {
  readonly billedMs: number;
  /** The image's part of INIT, the time that a cold start takes before the first invocation. */
  readonly initMs: number;
  readonly invocations: number;
  readonly gets: number;
  readonly puts: number;
  readonly queueRequests: number;
  /** What EventBridge is told of, the thumbnails included. */
  readonly bridgeEvents: number;
  readonly logBytes: number;
}

/** Dollars for a million images, by service. A service that the stack comes to use is one more field here and in `Usage`. */
export interface Cost {
  readonly lambda: number;
  readonly s3: number;
  readonly sqs: number;
  readonly eventBridge: number;
  readonly logs: number;
  readonly total: number;
}

/** What this app uses for one image. */
export function usage(work: Workload): Usage {
  const { variants, announced, eventBridge, memoryMiB, batchSize, replaced, coldStarts } = work;
  const events = 1 + announced;
  const invocations = events / batchSize;
  const cpus = memoryMiB / ONE_CPU_MIB;
  // A single image is rendered on one CPU; a batch uses all.
  const speed = batchSize === 1 ? Math.min(1, cpus) : cpus;
  return {
    billedMs: cpuMs(work) / speed + MEASURED.waitingMs / batchSize,
    initMs: (MEASURED.initMs / Math.min(1, cpus)) * invocations * coldStarts,
    invocations,
    // The source, and the check of its ETag after writing. Where a thumbnail is already, the first write is refused (and paid:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html), and the next one names what it replaces.
    gets: 2 + variants * replaced,
    puts: variants * (1 + replaced),
    queueRequests: events * queueRequests(batchSize),
    bridgeEvents: eventBridge ? 1 + variants : 0,
    logBytes: LINE_BYTES * events + INVOCATION_BYTES * invocations,
  };
}

/** CPU time of one image: that of its format with the default thumbnail, and what larger and further ones add to it. */
function cpuMs({ mix, meanMB, variants, largestPx }: Workload): number {
  const { formats, byLargestPx, byVariants } = MEASURED;
  const more = at(byLargestPx, largestPx) * at(byVariants, variants) - at(byLargestPx, 0);
  const size = meanMB === undefined ? 1 : meanMB / megabytesOf(mix);
  return (mean(mix, format => formats[format].cpuMs) + more) * size;
}

/** Mean size of the measured images of a mix, in MB. */
export function megabytesOf(mix: Mix): number {
  return mean(mix, format => MEASURED.formats[format].megabytes);
}

function mean(mix: Mix, figureOf: (format: Format) => number): number {
  return Object.entries(mix).reduce((sum, [format, share]) => sum + share * figureOf(format as Format), 0);
}

/** Requests to SQS for one message: it is sent alone, received and deleted with up to nine others. */
export function queueRequests(batchSize: number): number {
  return 1 + 2 / Math.min(batchSize, 10);
}

type Size = Pick<Workload, 'architecture' | 'memoryMiB'>;

export function cost(used: Usage, { architecture, memoryMiB }: Size): Cost {
  const million = (dollars: number) => dollars * 1e6;
  const seconds = (used.billedMs + used.initMs) / 1000;
  const lambda = million(
    seconds * dollarsASecond({ architecture, memoryMiB }) + used.invocations * PRICES.lambda.request,
  );
  const s3 = million(used.gets * PRICES.s3.get + used.puts * PRICES.s3.put);
  const sqs = million(used.queueRequests * PRICES.sqs.request);
  const logs = million((used.logBytes / 1e9) * PRICES.logs.ingestedGigabyte);
  const eventBridge = million(used.bridgeEvents * PRICES.eventBridge.event);
  return { lambda, s3, sqs, eventBridge, logs, total: lambda + s3 + sqs + eventBridge + logs };
}

/** What one function costs while it runs. */
export function dollarsASecond({ architecture, memoryMiB }: Size): number {
  return (memoryMiB / MIB_PER_GIGABYTE) * PRICES.lambda.gigabyteSecond[architecture];
}

/** What is there in a month in which nothing is dropped, too. */
export interface Standby {
  readonly alarms: number;
  readonly dashboards: number;
}

/** What the stack costs in a month in which nothing is dropped, in dollars. */
export function idleMonth({ alarms, dashboards }: Standby) {
  const { pollers, secondsAPoll, daysAMonth } = IDLE;
  /** Polls of the empty queue. */
  const requests = (pollers * daysAMonth * 24 * 3600) / secondsAPoll;
  const dollars = {
    polls: requests * PRICES.sqs.request,
    alarms: alarms * PRICES.cloudWatch.alarm,
    dashboards: dashboards * PRICES.cloudWatch.dashboard,
  };
  return { requests, ...dollars, total: dollars.polls + dollars.alarms + dollars.dashboards };
}
