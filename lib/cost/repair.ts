import type { Architecture } from '../../layers/architecture';
import { dollarsASecond, ONE_CPU_MIB } from './cost';
import { PRICES } from './prices';
import { LIMITS } from './scale';

/** The repair function's size, and how long it goes on at a time. */
export const REPAIR = { memoryMiB: 512, sliceSeconds: 600 } as const;

/**
 * CPU time of a page of a listing, from S3's answer to its comparison: 1,200 pages of 1,000 keys took 28 s on one CPU of a 2-core AMD
 * EPYC, S3 being a process beside it that answers at once; nearly all of it is the SDK's reading of XML.
 */
const PAGE_CPU_MS = 24;
/** Two states a slice, and one that ends the run. */
const STATES_A_SLICE = 2;

/** What one run of the repair takes that finds nothing to mend. */
export interface RepairRun {
  /** Of all listings, asked for one after the other in each. */
  readonly pages: number;
  readonly seconds: number;
  readonly slices: number;
  readonly dollars: {
    readonly s3: number;
    readonly lambda: number;
    readonly stepFunctions: number;
    readonly total: number;
  };
}

/** @param sources in the bucket; each is taken to have a thumbnail of each variant */
export function repairRun({
  sources,
  variants,
  architecture,
}: {
  readonly sources: number;
  readonly variants: number;
  readonly architecture: Architecture;
}): RepairRun {
  const { memoryMiB, sliceSeconds } = REPAIR;
  const listings = 1 + variants;
  const steps = Math.max(1, Math.ceil(sources / LIMITS.keysAPage));
  const pages = listings * steps;
  const cpuSeconds = (listings * PAGE_CPU_MS * ONE_CPU_MIB) / memoryMiB / 1000;
  // All listings are asked for their next pages at the same time, while the last ones are compared.
  const seconds = steps * Math.max(LIMITS.secondsAPage, cpuSeconds);
  const slices = Math.ceil(seconds / sliceSeconds);
  const s3 = pages * PRICES.s3.put;
  const lambda = seconds * dollarsASecond({ architecture, memoryMiB }) + slices * PRICES.lambda.request;
  const stepFunctions = (slices * STATES_A_SLICE + 1) * PRICES.stepFunctions.transition;
  return {
    pages,
    seconds,
    slices,
    dollars: { s3, lambda, stepFunctions, total: s3 + lambda + stepFunctions },
  };
}
