import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { Config } from '../config/config';
import { announcesThumbnails, endingsOf } from '../config/watch';
import { ASSUMED, cost, idleMonth, megabytesOf, type Standby, usage, type Workload } from './cost';
import { PRICES } from './prices';
import { repairRun } from './repair';

/** What the work for an image follows from, configured or deployed. */
export interface Working extends Pick<Config, 'architecture' | 'memoryMiB' | 'batchSize'> {
  readonly variants: readonly Variant[];
  /** Undefined where every name is watched. */
  readonly extensions: readonly string[] | undefined;
  /** Whether S3 tells the queue itself of new objects, thumbnails among them. */
  readonly announces: boolean;
  /** Whether S3 tells EventBridge. */
  readonly eventBridge: boolean;
}

/** What the app does for each image as it is configured. */
export function workOf(config: Config): Workload {
  const isExisting = config.bucketName !== undefined;
  return workFor({
    ...config,
    extensions: config.watch === 'all' ? undefined : config.extensions,
    // The rule on an existing bucket leaves thumbnails out.
    announces: !isExisting,
    eventBridge: isExisting || config.eventBridge,
  });
}

/** What the app does for each image; every variant is taken to be for every image (`from` is not looked at). */
export function workFor(working: Working): Workload {
  const { variants, extensions, announces, eventBridge, architecture, memoryMiB, batchSize } = working;
  const endings = extensions && endingsOf(extensions).endings;
  const isAnnounced = ({ suffix }: Variant) => announces && announcesThumbnails(endings, suffix);
  return {
    ...ASSUMED,
    variants: variants.length,
    announced: variants.filter(isAnnounced).length,
    eventBridge,
    largestPx: Math.max(...variants.map(longerSide)),
    architecture,
    memoryMiB,
    batchSize,
  };
}

/** Those of lib/alarms.ts but for the repair's; test/template/alarms.test.ts counts them. */
const ALARMS = 7;

/** What CloudWatch keeps for the app as it is configured. */
export function standbyOf({ alarms, dashboard, repair }: Config): Standby {
  const most = ALARMS + (repair === undefined ? 0 : 1);
  return { alarms: alarms === false ? 0 : most, dashboards: dashboard ? 1 : 0 };
}

function longerSide({ width = 0, height = 0 }: Variant): number {
  return Math.max(width, height);
}

/** What this app costs as it is configured, in one line, for synth. */
export function costLine(config: Config): string {
  const work = workOf(config);
  const { lambda, s3, sqs, eventBridge, logs, total } = cost(usage(work), work);
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  const heic = { ...work, mix: { heic: 1 } };
  const phones = config.otherFormats ? `; HEIC of phones: ${dollars(cost(usage(heic), heic).total)}` : '';
  const bridge = eventBridge > 0 ? `, EventBridge ${dollars(eventBridge)}` : '';
  return (
    `About ${dollars(total)} for a million JPEGs of ${megabytesOf(work.mix)} MB: Lambda ${dollars(lambda)}, S3 requests ` +
    `${dollars(s3)}, SQS ${dollars(sqs)}${bridge}, logs ${dollars(logs)}${phones}. And ${idleWords(config)} ` +
    `(${PRICES.region}, prices of ${PRICES.asOf}; npm run cost).${repairWords(config)}`
  );
}

function repairWords({ repair, variants, architecture }: Config): string {
  if (repair === undefined) return '';
  const { dollars } = repairRun({ sources: 1e6, variants: variants.length, architecture });
  return (
    ` A repair looks at a million images for $${dollars.total.toFixed(2)}, and has ` +
    `${repair.maxSources.toLocaleString('en-US')} made anew at most.`
  );
}

function idleWords(config: Config): string {
  const { polls, alarms, dashboards } = idleMonth(standbyOf(config));
  const dollars = (value: number) => `$${value.toFixed(2)}`;
  const watching = [
    ...(alarms > 0 ? [`${dollars(alarms)} for alarms`] : []),
    ...(dashboards > 0 ? [`${dollars(dashboards)} for the dashboard`] : []),
  ];
  const free =
    watching.length > 0
      ? ", unless among its account's first ten alarms and three dashboards, which are free"
      : '';
  return `${[`${dollars(polls)} a month for polling the empty queue`, ...watching].join(', ')}${free}`;
}
