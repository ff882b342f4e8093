import type { Mix } from '../lib/cost/cost';
import { FORMATS, type Format } from '../lib/cost/measured';
import { UsageError } from './usage-error';

/** Percentages with decimals, such as three of 33.3, need not add up to the last digit. */
const TOLERANCE = 0.11;

/**
 * Reads `heic=60,jpeg=40`.
 *
 * @returns the share of each format, of 1
 * @throws UsageError where it is not of this form, or its percentages do not sum to 100
 */
export function mixOf(text: string): Mix {
  const shares = new Map<Format, number>();
  for (const entry of text.split(',')) {
    const [name = '', ...rest] = entry.split('=').map(part => part.trim());
    const percent = rest.join('=');
    const format = FORMATS.find(known => known === name.toLowerCase());
    if (format === undefined) fail(`formats of ${FORMATS.join(', ')}, such as heic=60,jpeg=40,`, name);
    if (!/^\d+(\.\d+)?$/.test(percent)) fail(`a percentage behind ${format}, such as ${format}=60,`, entry);
    if (shares.has(format)) fail('each format once', text);
    shares.set(format, Number(percent));
  }
  const sum = [...shares.values()].reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) > TOLERANCE) fail('percentages that sum to 100', `${text}, which sums to ${sum}`);
  return Object.fromEntries([...shares].map(([format, share]) => [format, share / sum]));
}

function fail(expected: string, received: string): never {
  throw new UsageError(`Expected ${expected} for --mix but received ${received || 'nothing'}.`);
}
