import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../render/variants';
import { peakMemoryMiB } from '../support/peak-memory';
import { requires } from '../support/requires';

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

/** Sizes on which we and the manifest differ on purpose. */
const ON_PURPOSE: Readonly<Record<string, readonly [number, number]>> = {
  // The largest picture of an icon, which is what browsers show; the manifest has the first one.
  'formats/favicon.ico': [48, 48],
};

/** Linux starts anew when told so. @returns the size now, in MiB */
function forgetPeak(): number {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  return peakMemoryMiB();
}

afterAll(() => {
  if (report.length > 0) process.stdout.write(`\n${report.join('\n')}\n`);
});

requires(corpus, 'MINIATURAS_CORPUS (a folder of images with its manifest.json)').describe(
  'the corpus',
  () => {
    test.each(rows.map(row => [row.file, row] as const))('%s', async (file, row) => {
      const source = readFileSync(join(corpus ?? '', file));
      const start = performance.now();
      const before = forgetPeak();
      const rendering = await render(source, [variant()], OPTIONS);
      const ms = (performance.now() - start).toFixed(0);
      const peak = Math.max(0, peakMemoryMiB() - before).toFixed(0);
      const result =
        rendering.kind === 'rejected'
          ? `${rendering.reason}: ${rendering.detail}`
          : `${rendering.thumbnails.map(({ width, height, bytes }) => `${width} × ${height}, ${bytes.byteLength} B`)} by ${rendering.decoder}${rendering.damaged ? ', damaged' : ''}`;
      report.push(`${file.padEnd(60)} ${ms.padStart(6)} ms ${peak.padStart(4)} MiB at the peak  ${result}`);

      if (row.thumbnail === undefined) {
        // A bomb or no picture at all: a reason, or for what is within the limits a thumbnail.
        if (row.decoder === null) expect(rendering.kind).toBe('rejected');
        return;
      }
      if (rendering.kind === 'rejected') throw new Error(result);
      const [thumbnail] = rendering.thumbnails;
      const info = await sharp(thumbnail?.bytes).metadata();
      expect([info.width, info.height]).toEqual([thumbnail?.width, thumbnail?.height]);
      const [width, height] = ON_PURPOSE[file] ?? row.thumbnail;
      expect(Math.abs(info.width - width)).toBeLessThanOrEqual(1);
      expect(Math.abs(info.height - height)).toBeLessThanOrEqual(1);
    });
  },
);
