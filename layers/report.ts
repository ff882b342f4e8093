import type { BuiltLayer } from './layer';
import { LAMBDA_MAX_MIB } from './manifest';

const MIB = 1024 * 1024;

/** Enough to tell two hashes apart. */
const HASH_CHARACTERS = 12;

/** A built layer, and what was done: `built in 1.2 s` or `up to date`. */
export type Row = BuiltLayer & { readonly state: string };

const COLUMNS: readonly { readonly title: string; readonly cell: (row: Row) => string }[] = [
  { title: 'layer', cell: ({ name }) => name },
  { title: 'architecture', cell: ({ architecture }) => architecture },
  { title: 'packages', cell: ({ packages }) => String(packages) },
  { title: 'unzipped', cell: ({ bytes }) => mib(bytes) },
  {
    title: `of ${LAMBDA_MAX_MIB} MB`,
    cell: ({ bytes }) => `${((100 * bytes) / MIB / LAMBDA_MAX_MIB).toFixed(1)} %`,
  },
  { title: 'zipped', cell: ({ zippedBytes }) => mib(zippedBytes) },
  { title: 'content', cell: ({ content }) => content.slice(0, HASH_CHARACTERS) },
  { title: 'state', cell: ({ state }) => state },
];

/** A table with a line for each layer, below a line of titles. */
export function layerTable(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(({ title }) => title), ...rows.map(row => COLUMNS.map(({ cell }) => cell(row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map(line => line[i]?.length ?? 0)));
  return cells
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Lambda's MB are 1024 × 1024 bytes. */
function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(bytes < MIB ? 2 : 1)} MB`;
}
