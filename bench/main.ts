/**
 * What thumbnails cost, side by side with other ways to make them.
 *
 *     npm run bench -- [part …] [--quick] [--json] [--corpus DIR] [--keep]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { photosOf } from './corpus';
import { machine } from './machine';
import { markdown, type Part, type Table } from './part';
import { billed } from './parts/billed';
import { burst } from './parts/burst';
import { coldStart } from './parts/cold-start';
import { formats } from './parts/formats';
import { growth } from './parts/growth';
import { quality } from './parts/quality';
import { render } from './parts/render';
import { scale } from './parts/scale';
import { variants } from './parts/variants';

const PARTS: readonly Part[] = [render, billed, coldStart, variants, formats, growth, burst, scale, quality];
/** Quality is no matter of time, and needs a program that few have: on request only. */
const USUAL = PARTS.filter(part => part !== quality);

const USAGE = `npm run bench -- [part …] [options]

parts: ${PARTS.map(({ name }) => name).join(', ')}; all but quality if none is named

  --quick        smoke test: catches regressions, not publishable
  --corpus DIR   photos to measure with (its folder photos, if there is one); drawn ones otherwise
  --json         the tables as JSON
  --keep         writes bench/results/<part>.json as well`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      corpus: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter(name => !PARTS.some(part => part.name === name));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0)
      console.error(`Expected parts of the benchmarks but received ${unknown.join(', ')}.`);
    console.error(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const work = mkdtempSync(join(tmpdir(), 'miniaturas-bench-'));
  try {
    const photos = await photosOf(values.corpus ?? process.env.MINIATURAS_CORPUS, work);
    const note = (text: string) => console.error(text);
    const parts = positionals.length > 0 ? PARTS.filter(({ name }) => positionals.includes(name)) : USUAL;
    const tables: Record<string, Table[]> = {};
    for (const part of parts) {
      note(`${part.name} …`);
      tables[part.name] = await part.run({ photos, quick: values.quick, work, note });
      if (!values.json) for (const table of tables[part.name] ?? []) console.log(`\n${markdown(table)}`);
    }
    const result = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      photos: photos.length,
      tables,
    };
    if (values.json) console.log(JSON.stringify(result));
    if (values.keep) keep(result);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One file a part, so that a part can be measured again by itself. */
function keep({
  tables,
  ...rest
}: {
  readonly date: string;
  readonly tables: Record<string, Table[]>;
}): void {
  const folder = join(__dirname, 'results');
  mkdirSync(folder, { recursive: true });
  for (const [part, measured] of Object.entries(tables)) {
    writeFileSync(
      join(folder, `${part}.json`),
      `${JSON.stringify({ ...rest, tables: measured }, undefined, 2)}\n`,
    );
  }
}

void main();
