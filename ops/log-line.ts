import { visible } from './visible';

/** A log event of a function, from Lambda's envelope for it. */
interface LogEvent {
  /** Of the function. */
  readonly name: string;
  readonly level: string;
  /** What the function gave to `console.log`. */
  readonly message: unknown;
}

/** Of the thumbnail function's own messages, what is read here. */
interface Report {
  readonly outcome: string;
  readonly key?: string;
  readonly reason?: string;
  readonly detail?: string;
  /** Of the error, where the outcome is one. */
  readonly name?: string;
  readonly message?: string;
}

/**
 * A line of the local cloud's log for a person at a terminal: outcome and key instead of the whole envelope. Undefined for what
 * tells a person nothing: each new thumbnail is announced to the function, which skips it.
 */
export function summaryOf(line: string): string | undefined {
  const event = eventIn(line);
  if (!event) return line;
  const { name, level, message } = event;
  if (isReport(message) && message.outcome === 'skipped') return undefined;
  if (isReport(message)) return visible(`${message.key ?? name}: ${wordsOf(message)}`);
  return visible(`[${name}] ${level} ${typeof message === 'string' ? message : JSON.stringify(message)}`);
}

/** Undefined for lines that are no JSON log event: the local cloud's own, and those of functions that log text. */
function eventIn(line: string): LogEvent | undefined {
  const [, name = '', json = ''] = /^\[([^\]]+)\] (\{.*\})$/.exec(line) ?? [];
  try {
    const { level, message } = JSON.parse(json);
    return typeof level === 'string' ? { name, level, message } : undefined;
  } catch {
    return undefined;
  }
}

function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'outcome' in message;
}

function wordsOf({ outcome, reason, detail, name, message }: Report): string {
  return [outcome, reason, detail, name, message].filter(word => word !== undefined).join(': ');
}
