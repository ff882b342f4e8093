import { cost, usage, type Workload } from './cost';
import { PRICES } from './prices';

/** What a bucket, none of whose images has thumbnails yet, is worked through with. */
export interface Plan {
  readonly images: number;
  readonly work: Workload;
  /** Functions running at once, at most. */
  readonly maxConcurrency: number;
}

/** What becomes of the backfill. */
export interface Forecast {
  /** Time that listing the images takes. */
  readonly listingSeconds: number;
  /** From the first message to the last thumbnail. */
  readonly seconds: number;
  /** Most messages in the queue at a time. */
  readonly deepest: number;
  /** Requests to S3 a second at full speed: PUT, and GET or HEAD. */
  readonly putsASecond: number;
  readonly getsASecond: number;
  /** For the backfill as a whole. */
  readonly dollars: number;
  /** What one more look at all of it costs: the listing of sources and thumbnails. */
  readonly lookDollars: number;
}

export const LIMITS = {
  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
  keysAPage: 1000,
  /** A page takes so long, and so many ranges of keys are listed in parallel: assumed, no account was there to measure it. */
  secondsAPage: 0.15,
  listings: 8,
  /** Assumed likewise: eight senders, ten messages a call, 25 calls a second each. */
  sentASecond: 8 * 10 * 25,
  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
  functionsAtFirst: 5,
  functionsAMinuteMore: 300,
  /**
   * For each prefix that S3 has split the bucket into, of which there is one at first.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
   */
  putsASecond: 3500,
  getsASecond: 5500,
} as const;

/** A backfill sends no more while so many messages wait: they are kept for 14 days, and what waits longer is gone. */
export const MOST_WAITING = 500_000;

/** Simulates a backfill, second by second. */
export function forecast({ images, work, maxConcurrency }: Plan): Forecast {
  const used = usage(work);
  const mostOfS3 = Math.min(LIMITS.putsASecond / used.puts, LIMITS.getsASecond / used.gets);
  const speedOf = (functions: number) => Math.min(mostOfS3, (functions * 1000) / used.billedMs);
  let [sent, done, deepest, seconds] = [0, 0, 0, 0];
  for (; done < images; seconds++) {
    const grown = LIMITS.functionsAtFirst + (LIMITS.functionsAMinuteMore * seconds) / 60;
    sent = Math.min(images, done + MOST_WAITING, sent + LIMITS.sentASecond);
    done = Math.min(sent, done + speedOf(Math.min(maxConcurrency, grown)));
    deepest = Math.max(deepest, sent - done);
  }
  const pages = images / LIMITS.keysAPage;
  return {
    listingSeconds: (pages * LIMITS.secondsAPage) / LIMITS.listings,
    seconds,
    deepest: Math.round(deepest),
    putsASecond: speedOf(maxConcurrency) * used.puts,
    getsASecond: speedOf(maxConcurrency) * used.gets,
    dollars: (cost(used, work).total * images) / 1e6,
    lookDollars: (1 + work.variants) * pages * PRICES.s3.put,
  };
}
