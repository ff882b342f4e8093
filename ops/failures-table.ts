import type { Failure } from './failure';
import { seconds } from './state';
import { alignedLines, columnsOf } from './table';
import { visible } from './visible';

const HEAD = ['Last failed', 'Times', 'Reason'];

/** Columns where the output is no terminal. */
const DEFAULT_WIDTH = 100;

/** Columns that the detail needs beside the others; where there are fewer it starts at the left. */
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
  const [head = '', ...lines] = alignedLines([HEAD, ...rows.map(({ cells }) => cells)]);
  const beforeKey = columnsOf(head) + 2;
  const indent = ' '.repeat(width - beforeKey >= MIN_DETAIL ? beforeKey : 2);

  return [
    `${head}  Key and detail`,
    ...rows.flatMap(({ key, detail, body }, i) => [
      ...(beforeKey + columnsOf(key) <= width ? [`${lines[i]}  ${key}`] : [lines[i]?.trimEnd(), key]),
      ...[detail, ...body].flatMap(text => wrap(text, width - indent.length).map(part => `${indent}${part}`)),
    ]),
  ].join('\n');
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
