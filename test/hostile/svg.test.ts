import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import sharp from 'sharp';
import { estimateMemory } from '../../lambda/thumbnail/render/admit/memory';
import { readHeader } from '../../lambda/thumbnail/render/read/header';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, reject, renderOne, variant } from '../render/variants';
import { BLUR, drawnSvgs, filtered, image, type RefusedSvg, refusedSvgs, svg } from './svg-bombs';

const MIB = 2 ** 20;

describe('an SVG that would take too much is refused', () => {
  let refused: RefusedSvg[] = [];
  beforeAll(async () => {
    refused = await refusedSvgs();
  });

  test('each for what it would take', async () => {
    for (const [name, source, words] of refused) {
      const { reason, detail } = await reject(source);
      expect({ name, detail }).toEqual({ name, detail: expect.stringContaining(words ?? '') });
      expect(words === undefined ? ['too large', 'damaged'] : ['too large']).toContain(reason);
    }
  });
});

test.each(['data:', '<!ENTITY a ', '&', '&a', '<', 'filter '])(
  '4 MiB of %s are looked through in one pass',
  async word => {
    const source = svg(word.repeat(Math.floor((3.9 * MIB) / word.length)));
    expect(['rendered', 'rejected']).toContain((await render(source, [variant()], OPTIONS)).kind);
  },
);

test('the memory of filters counts, at the size that is drawn', async () => {
  const primitives = BLUR.repeat(100);
  const header = await readHeader(filtered(10_000, primitives));
  const at = (size: number) => (estimateMemory(header, [variant({ width: size, height: size })]) ?? 0) / MIB;
  expect(at(200)).toBeLessThan(60);
  expect(at(1600)).toBeGreaterThan(1000);
});

describe('an SVG that is drawn takes no more memory than was estimated', () => {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-svg-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const program = join(folder, 'peak.js');
  beforeAll(() => {
    const entryPoints = [join(__dirname, 'peak.ts')];
    buildSync({ entryPoints, outfile: program, bundle: true, platform: 'node', external: ['sharp'] });
  });

  test.each(drawnSvgs())('%s', async (_, source) => {
    const file = join(folder, 'attack.svg');
    writeFileSync(file, source);
    const env = { NODE_PATH: resolve('node_modules') };
    const { kind, peakMiB } = JSON.parse(
      execFileSync(process.execPath, [program, file], { env, encoding: 'utf8' }),
    );
    const header = await readHeader(Buffer.from(source));
    const estimate = estimateMemory(header, [variant()]) ?? 0;
    expect(kind).toBe('rendered');
    expect(peakMiB).toBeLessThan(estimate / MIB);
  });
});

describe('an SVG is drawn at the size of its thumbnail', () => {
  const fine = '<path stroke="#000" d="M0 10h2000M0 30h2000" stroke-width="10"/>';
  const name = 'xmlns="http://www.w3.org/2000/svg"';
  test.each([
    ['px', Buffer.from(`<svg ${name} width="2000" height="1000">${fine}</svg>`), [200, 100]],
    ['mm', Buffer.from(`<svg ${name} width="200mm" height="100mm">${fine}</svg>`), [200, 100]],
    ['a viewBox alone', Buffer.from(`<svg ${name} viewBox="0 0 2000 1000">${fine}</svg>`), [200, 100]],
    [
      'percentages',
      Buffer.from(`<svg ${name} width="100%" height="100%" viewBox="0 0 2000 1000">${fine}</svg>`),
      [200, 100],
    ],
    [
      'less than its box',
      Buffer.from(`<svg ${name} width="20" height="10" viewBox="0 0 2000 1000">${fine}</svg>`),
      [20, 10],
    ],
    ['compressed', gzipSync(`<svg ${name} width="2000" height="1000">${fine}</svg>`), [200, 100]],
  ])('with a size in %s', async (_, source, size) => {
    await expect(renderOne(source)).resolves.toMatchObject({ format: 'svg', size });
  });
});

test('an SVG makes nobody read a file or a URL', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-svg-'));
  try {
    const red = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'red.png'), red);
    writeFileSync(join(folder, 'red.svg'), svg('<rect id="red" width="200" height="200" fill="red"/>'));
    writeFileSync(join(folder, 'red.css'), 'rect { fill: red }');
    const bases = [
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      `file://${folder}`,
      folder,
      join('..', '..', '..', '..', '..', folder),
    ];
    const square = '<rect width="200" height="200" fill="#fff"/>';
    const blank = (await renderOne(svg(square), { format: 'png' })).bytes;
    for (const base of bases) {
      for (const [content, head = ''] of [
        [square + image(`${base}/red.png`)],
        [square + image(`${base}/red.svg`)],
        [`${square}<use xlink:href="${base}/red.svg#red"/>`],
        [`<style>@import url("${base}/red.css");</style>${square}`],
        [square, `<?xml-stylesheet type="text/css" href="${base}/red.css"?>`],
        [`${square}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${base}/red.svg"/>`],
        [
          `<filter id="f"><feImage xlink:href="${base}/red.png"/><feBlend in2="SourceGraphic"/></filter>${square}`,
        ],
        [square, `<!DOCTYPE svg SYSTEM "${base}/red.css">`],
      ] as const) {
        const { bytes } = await renderOne(svg(content, { doctype: head }), { format: 'png' });
        expect({ base, content, same: blank.every((byte, i) => byte === bytes[i]) }).toEqual({
          base,
          content,
          same: true,
        });
      }
      const entity = `<!DOCTYPE svg [<!ENTITY x SYSTEM "${base}/red.svg">]>`;
      const { reason } = await reject(svg(`${square}&x;`, { doctype: entity }));
      expect(reason).toBe('damaged');
    }
    expect(asked).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
    await new Promise(resolve => server.close(resolve));
  }
});

test('a compressed SVG that cannot be inflated is damaged, not a fault of ours', async () => {
  const whole = gzipSync(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
  for (const bytes of [
    whole.subarray(0, whole.length - 12),
    Buffer.concat([whole.subarray(0, 12), Buffer.alloc(40)]),
  ]) {
    expect((await reject(bytes)).reason).toBe('damaged');
  }
});
