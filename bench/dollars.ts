import { ASSUMED, cost, ONE_CPU_MIB, type Usage } from '../lib/cost/cost';
import { PRICES } from '../lib/cost/prices';
import type { Table } from './part';

/** The app with its defaults: one variant, which S3 announces too; on one CPU. */
export const WORK = {
  ...ASSUMED,
  variants: 1,
  announced: 1,
  eventBridge: false,
  largestPx: 200,
  architecture: 'arm64',
  memoryMiB: ONE_CPU_MIB,
} as const;

/** What a million photos cost each contender: the billed time that was measured, and the requests it makes. */
export function dollars(contenders: readonly (readonly [name: string, usage: Usage])[]): Table {
  return {
    title: 'Dollars for a million photos, one variant',
    columns: ['', 'Lambda', 'S3 requests', 'SQS', 'logs', 'total'],
    rows: contenders.map(([name, usage]) => {
      const { lambda, s3, sqs, logs, total } = cost(usage, WORK);
      return [name, ...[lambda, s3, sqs, logs, total].map(value => value.toFixed(2))];
    }),
    notes: [
      `The times of the table above at Lambda's price for one CPU (${WORK.architecture}, ${WORK.memoryMiB} MiB), the INIT of a cold start in ` +
        `${1 / WORK.coldStarts} invocations, and the requests of each; ` +
        `${PRICES.region}, prices of ${PRICES.asOf} without free tiers.`,
    ],
  };
}
