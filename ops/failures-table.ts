import type { Failure } from './failures';
import { seconds } from './state';
import { columnsOf, visible } from './visible';

/** Where the width is not known, as in a file. */
const DEFAULT_WIDTH = 100;

/** The narrowest column for a detail that is worth having; below it, it starts at the left. */
const MIN_DETAIL = 30;

/**
 * A table for a terminal. The key comes last in its row, or in a line of its own where the row has no room for it; it is
 * never cut or broken, so that it can be copied. The detail follows in the lines below.
 *
 * @param width columns of the terminal
 */
export function tableOf(failures: readonly Failure[], width = DEFAULT_WIDTH): string {
  const rows = failures.map(failure => ({
    cells: [seconds(failure.when), `${failure.times}`, visible(failure.reason)] as const,
    key: failure.key === undefined ? `(no S3 event) message ${failure.messageId}` : visible(failure.key),
    detail: visible(failure.detail.replaceAll(/\s+/g, ' ').trim()),
    body: failure.body === undefined ? [] : [visible(failure.body)],
  }));
  const head = ['Last failed', 'Times', 'Reason'] as const;
  const widths = head.map((name, i) =>
    Math.max(name.length, ...rows.map(({ cells }) => columnsOf(cells[i] ?? ''))),
  );
  const line = (cells: readonly string[]) => cells.map((cell, i) => pad(cell, widths[i] ?? 0)).join('  ');
  const beforeKey = widths.reduce((sum, one) => sum + one + 2, 0);
  const indent = ' '.repeat(width - beforeKey >= MIN_DETAIL ? beforeKey : 2);

  return [
    `${line(head)}  Key and detail`,
    ...rows.flatMap(({ cells, key, detail, body }) => [
      ...(beforeKey + columnsOf(key) <= width ? [`${line(cells)}  ${key}`] : [line(cells).trimEnd(), key]),
      ...[detail, ...body].flatMap(text => wrap(text, width - indent.length).map(part => `${indent}${part}`)),
    ]),
  ].join('\n');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

/** Breaks a text between words, and a word only where it is wider than a line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap(one => broken(one, width))) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function broken(word: string, width: number): string[] {
  const parts = [''];
  for (const character of word) {
    const last = parts.at(-1) ?? '';
    if (columnsOf(last + character) > width) parts.push(character);
    else parts[parts.length - 1] = last + character;
  }
  return parts;
}
