import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A block of code that a page says can be run: ```` ```bash run zip ````, ```` ```ts run=file.ts ````. */
export interface Block {
  readonly language: string;
  /** Line of the page. */
  readonly line: number;
  /** The heading `## …` that it stands below. */
  readonly section: string | undefined;
  readonly code: string;
  /** Commands that it needs, or the file that it is to be. */
  readonly words: readonly string[];
}

/** The blocks of a page of docs/ that can be run, in order. */
export function runnableBlocks(page: string): Block[] {
  const text = readFileSync(join(__dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^( *)```(\w+) run[= ]([^\n]*)\n(.*?)^\1```$/gms)].map(match => {
    const [, indent = '', language = '', words = '', block = ''] = match;
    // In a list, a block is indented as its item is.
    const code = block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const before = text.slice(0, match.index);
    const section = [...before.matchAll(/^## (.+)$/gm)].at(-1)?.[1];
    return { language, words: words.split(' '), code, section, line: before.split('\n').length };
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function headingsOf(page: string): string[] {
  const text = readFileSync(join(__dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
