import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../render/variants';

/** The folder of real images, which is not part of the project. */
const corpus = process.env.MINIATURAS_CORPUS;

interface Row {
  readonly file: string;
  readonly decoder?: string | null;
  readonly thumbnail?: readonly [number, number];
}

const rows: Row[] =
  corpus === undefined ? [] : JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8'));
const report: string[] = [];

afterAll(() => {
  if (report.length > 0) process.stdout.write(`\n${report.join('\n')}\n`);
});

(corpus === undefined ? describe.skip : describe)('the corpus', () => {
  test.each(rows.map(row => [row.file, row] as const))('%s', async (file, row) => {
    const source = readFileSync(join(corpus ?? '', file));
    const start = performance.now();
    const before = process.memoryUsage.rss();
    const rendering = await render(source, [variant()], OPTIONS);
    const ms = (performance.now() - start).toFixed(0);
    const grown = Math.max(0, (process.memoryUsage.rss() - before) / 2 ** 20).toFixed(0);
    const result =
      rendering.kind === 'rejected'
        ? `${rendering.reason}: ${rendering.detail}`
        : `${rendering.thumbnails.map(({ width, height, bytes }) => `${width} × ${height}, ${bytes.byteLength} B`)} by ${rendering.decoder}${rendering.damaged ? ', damaged' : ''}`;
    report.push(`${file.padEnd(60)} ${ms.padStart(6)} ms ${grown.padStart(4)} MiB more  ${result}`);

    if (row.thumbnail === undefined) {
      // A bomb or no picture at all: a reason, or for what is within the limits a thumbnail.
      if (row.decoder === null) expect(rendering.kind).toBe('rejected');
      return;
    }
    if (rendering.kind === 'rejected') throw new Error(result);
    const [thumbnail] = rendering.thumbnails;
    const info = await sharp(thumbnail?.bytes).metadata();
    expect([info.width, info.height]).toEqual([thumbnail?.width, thumbnail?.height]);
    expect(Math.abs(info.width - row.thumbnail[0])).toBeLessThanOrEqual(1);
    expect(Math.abs(info.height - row.thumbnail[1])).toBeLessThanOrEqual(1);
  });
});
