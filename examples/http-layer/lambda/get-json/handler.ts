import { Agent } from 'undici';
import type { Answer } from '../http/answer';
import { ENVIRONMENT } from './environment';
import { getJson } from './get-json';

const url = process.env[ENVIRONMENT.url] as string;
// A connection that Lambda froze between two invocations would be dead when it is used again.
const dispatcher = new Agent({ pipelining: 0 });

/** The function: whatever the event, the JSON that the configured URL has. */
export function handler(): Promise<Answer> {
  return getJson(url, { dispatcher, timeoutMs: 10_000, maxBytes: 5 * 1024 * 1024 });
}
