import { textThat } from './expect';

/**
 * A schedule of EventBridge Scheduler that repeats: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
 * What a field of cron may hold beyond its characters is Scheduler's to say.
 */
export const schedule = textThat([
  {
    what: 'a schedule such as "cron(0 3 * * ? *)", at 03:00 every day, or "rate(12 hours)"',
    holds: value => RATE.test(value) || CRON.test(value),
  },
  {
    what: 'a rate of "1 hour" or "2 hours" (minutes and days alike)',
    holds: value => !RATE.test(value) || isWellCounted(value),
  },
  {
    what: 'a cron schedule with "?" for the day of the month or for the day of the week, not for both,',
    holds: value => !CRON.test(value) || hasOneDay(value),
  },
]);

const RATE = /^rate\(([1-9]\d{0,4}) (minute|hour|day)(s?)\)$/;
/** Minutes, hours, day of the month, month, day of the week, year. */
const CRON = /^cron\([\d*,/-]+ [\d*,/-]+ ([\d*,/?LW-]+) [\dA-Z*,/-]+ ([\dA-Z*,/?#-]+) [\d*,/-]+\)$/;

/** Scheduler takes "1 hour" and "2 hours" only. */
function isWellCounted(rate: string): boolean {
  const [, count, , plural] = RATE.exec(rate) ?? [];
  return (count === '1') === (plural === '');
}

/** Scheduler takes a day once. */
function hasOneDay(cron: string): boolean {
  const [, ofMonth, ofWeek] = CRON.exec(cron) ?? [];
  return (ofMonth === '?') !== (ofWeek === '?');
}

export const timeZone = textThat([
  {
    what: 'a time zone such as "Europe/Madrid"',
    // Scheduler knows names, not offsets, which `Intl` takes as well.
    holds: value => /^[A-Z]/.test(value) && isKnown(value),
  },
]);

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
