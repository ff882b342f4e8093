/** What a run of the benchmarks is to do. */
export interface BenchOptions {
  /** Camera photos to measure with; absolute paths. */
  readonly photos: readonly string[];
  /** Smoke test with few rounds and small sizes: catches regressions, not publishable. */
  readonly quick: boolean;
  /** A folder of its own for whatever a part writes. */
  readonly work: string;
  /** Told of what goes on, and of rivals that this machine lacks. */
  readonly note: (text: string) => void;
}

/** JSON keeps what is undefined as null. */
export type Cell = string | number | undefined | null;

/** The outcome of a part: a table, numbers as measured. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** One sentence each: how it was measured, what was left out. */
  readonly notes: readonly string[];
}

/** One question to the machine. */
export interface Part {
  readonly name: string;
  run(options: BenchOptions): Promise<Table[]>;
}

/** A table as Markdown, readable in a terminal too. */
export function markdown({ title, columns, rows, notes }: Table): string {
  const cells = [columns, ...rows.map(row => row.map(format))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map(row => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [
    `### ${title}`,
    '',
    line(head),
    rule,
    ...body.map(line),
    '',
    ...notes.map(note => `${note}\n`),
  ].join('\n');
}

function format(cell: Cell): string {
  if (cell === undefined || cell === null) return '–';
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell) || Math.abs(cell) >= 1000) return cell.toFixed(0);
  return cell.toFixed(Math.abs(cell) < 10 ? 2 : 1);
}
