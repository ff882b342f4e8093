import type { Config } from '../config/config';
import { cost, dollarsASecond, usage } from './cost';
import { PRICES } from './prices';
import { workOf } from './work';

/** The part of what `maxConcurrency` lets an hour cost that is too much, unless the configuration names an amount. */
const TOO_MUCH = 0.5;

const MS_AN_HOUR = 3_600_000;

/** An hour that costs too much. */
export interface SpendLimit {
  readonly dollarsAnHour: number;
  /** The function's time in which the app, as it is configured, spends as much: S3, SQS and logs included. */
  readonly busyMs: number;
}

/**
 * Above what the spend alarm is raised. Each image costs the same S3 calls and messages beside its billed time, so that the
 * function's time, a metric that Lambda makes anyway, stands for all of it.
 */
export function spendLimit(config: Config): SpendLimit {
  const given = config.alarms === false ? undefined : config.alarms.dollarsAnHour;
  const most = mostAnHour(config);
  const dollarsAnHour = given ?? most * TOO_MUCH;
  return { dollarsAnHour, busyMs: Math.round((dollarsAnHour / most) * config.maxConcurrency * MS_AN_HOUR) };
}

/** What an hour costs in which `maxConcurrency` functions run all the time, in dollars. */
export function mostAnHour(config: Config): number {
  const work = workOf(config);
  const used = usage(work);
  const images = (config.maxConcurrency * MS_AN_HOUR) / used.billedMs;
  return (cost(used, work).total / 1e6) * images;
}

/** Prices by which CloudWatch's own metrics become dollars. */
export interface Rates {
  readonly dollarsAMillisecond: number;
  readonly dollarsAnInvocation: number;
  /** For each message that is sent to the queue: S3's calls, the messages and the log of an image. */
  readonly dollarsAMessage: number;
}

export function ratesOf(config: Config): Rates {
  const work = workOf(config);
  const { total, lambda } = cost(usage(work), work);
  return {
    dollarsAMillisecond: dollarsASecond(work) / 1000,
    dollarsAnInvocation: PRICES.lambda.request,
    dollarsAMessage: (total - lambda) / 1e6 / (1 + work.announced),
  };
}
