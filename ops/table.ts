/**
 * Rows as lines of text in which the cells of a column stand below each other.
 *
 * @param options.numbersFrom columns from this one on are aligned to the right
 */
export function alignedLines(
  rows: readonly (readonly string[])[],
  { numbersFrom = Number.POSITIVE_INFINITY }: { readonly numbersFrom?: number } = {},
): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => columnsOf(row[i] ?? ''))));
  return rows.map(row =>
    row
      .map((cell, i) => {
        const space = ' '.repeat((widths[i] ?? 0) - columnsOf(cell));
        return i < numbersFrom ? cell + space : space + cell;
      })
      .join('  '),
  );
}

/** Columns of a terminal that a text takes: two for East Asian wide characters and emoji, none for combining marks. */
export function columnsOf(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
