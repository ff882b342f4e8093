/**
 * One PNG with the thumbnails of all images in a folder, each with its name, to be looked at.
 *
 *     tsx bench/contact-sheet.ts <folder> <sheet.png>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import { limitsFor } from '../lambda/thumbnail/model/limits';
import { render } from '../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../test/render/variants';

const CELL = { width: 208, height: 232 };
const COLUMNS = 10;

async function main([folder = '', sheet = '']: readonly string[]): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.(json|md)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const cells: OverlayOptions[] = [];
  for (const [index, file] of files.entries()) {
    const rendering = await render(readFileSync(file), [variant()], {
      ...OPTIONS,
      limits: limitsFor(3008, 60),
    });
    const [left, top] = [(index % COLUMNS) * CELL.width, Math.floor(index / COLUMNS) * CELL.height];
    if (rendering.kind === 'rendered') {
      cells.push({ input: Buffer.from(rendering.thumbnails[0]?.bytes ?? []), left: left + 4, top: top + 4 });
    }
    const note =
      rendering.kind === 'rendered'
        ? `${rendering.decoder}${rendering.damaged ? ', damaged' : ''}`
        : rendering.reason;
    const label = `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL.width}" height="26"><text x="4" y="10" font-family="sans-serif" font-size="10">${file.slice(folder.length + 1).slice(-36)}</text><text x="4" y="22" font-family="sans-serif" font-size="10" fill="#a00">${note}</text></svg>`;
    cells.push({ input: Buffer.from(label), left, top: top + 205 });
  }
  const rows = Math.ceil(files.length / COLUMNS);
  await sharp({
    create: { width: COLUMNS * CELL.width, height: rows * CELL.height, channels: 3, background: '#bbbbbb' },
  })
    .composite(cells)
    .png()
    .toFile(sheet);
}

void main(process.argv.slice(2));
