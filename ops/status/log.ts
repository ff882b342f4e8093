import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { countsIn, type LogFacts } from './facts';

/** Pages of a log that are read at most; each is up to 1 MB, some 1,600 images. */
const MAX_PAGES = 10;

/** Of the function's lines those with an outcome, and what Lambda says of invocations that failed. */
const OUTCOMES = '{ $.message.outcome = * }';
const ERRORS = '{ ($.level = "ERROR") || ($.type = "platform.report" && $.record.status != "success") }';

/** Reads the function's log since a time, bounded: FilterLogEvents costs nothing, but a busy hour has a gigabyte. */
export async function readLog(
  logs: CloudWatchLogsClient,
  { group, since }: { readonly group: string; readonly since: number },
): Promise<LogFacts> {
  const [outcomes, errors] = await Promise.all([
    linesOf(logs, { group, since, pattern: OUTCOMES }),
    linesOf(logs, { group, since, pattern: ERRORS }),
  ]);
  return {
    outcomes: countsIn(outcomes.lines.flatMap(line => outcomeOf(line) ?? [])),
    errors: countsIn(errors.lines.flatMap(line => errorOf(line) ?? [])),
    complete: outcomes.complete && errors.complete,
  };
}

async function linesOf(
  logs: CloudWatchLogsClient,
  { group, since, pattern }: { readonly group: string; readonly since: number; readonly pattern: string },
): Promise<{ readonly lines: readonly string[]; readonly complete: boolean }> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        startTime: since,
        filterPattern: pattern,
        nextToken,
      }),
    );
    for (const { message } of answer.events ?? []) if (message !== undefined) lines.push(message);
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { lines, complete: true };
  }
  return { lines, complete: false };
}

/** What a line of Lambda's JSON log may hold, as far as it is read here. */
interface Line {
  readonly level?: string;
  readonly message?:
    | string
    | {
        readonly outcome?: string;
        readonly name?: string;
        readonly message?: string;
        readonly errorType?: string;
        readonly errorMessage?: string;
      };
  readonly type?: string;
  readonly record?: { readonly status?: string; readonly errorType?: string };
}

function outcomeOf(line: string): string | undefined {
  const { message } = parse(line);
  return typeof message === 'object' ? message.outcome : undefined;
}

/** The text of an error; undefined for a line that is none. */
export function errorOf(line: string): string | undefined {
  const { level, message, type, record } = parse(line);
  if (type === 'platform.report') {
    const { status = 'success', errorType } = record ?? {};
    return status === 'success' ? undefined : `The invocation ended with ${errorType ?? status}`;
  }
  if (level !== 'ERROR') return undefined;
  if (typeof message !== 'object') return message;
  const { name, errorType = name, message: words, errorMessage = words } = message;
  return [errorType, errorMessage].filter(one => one !== undefined).join(': ');
}

function parse(line: string): Line {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}
