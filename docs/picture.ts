/**
 * Makes the README's picture: draws a few sources, each with a trap of its own, drops them into the local cloud as a user
 * would, and shows what came out. `npx tsx docs/picture.ts` writes docs/sources-and-thumbnails.png.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const landscape = (
  sky: string,
  sea: string,
) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">
  <defs>
    <linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="#fff3d6"/></linearGradient>
    <linearGradient id="w" x2="0" y2="1"><stop stop-color="${sea}"/><stop offset="1" stop-color="#0b2b3c"/></linearGradient>
  </defs>
  <rect width="400" height="300" fill="url(#s)"/><circle cx="300" cy="95" r="34" fill="#fff7c9"/>
  <path d="M0 190 90 90l60 70 50-40 110 75h90v10H0z" fill="#5b6f8f"/><path d="M90 90l28 33-14 8-12-10-14 12-14-14z" fill="#fff"/>
  <rect y="200" width="400" height="100" fill="url(#w)"/>
  <path d="M180 228h90l-16 26h-58z" fill="#b03a2e"/><path d="M224 150v74h-52z" fill="#fdfefe"/><path d="M230 165v59h40z" fill="#f5cba7"/>
</svg>`;

const flower = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300">
  <path d="M150 160v130" stroke="#2e8b57" stroke-width="12"/>
  <g fill="#e84393">${[0, 60, 120, 180, 240, 300].map(turn => `<ellipse cx="150" cy="85" rx="34" ry="55" transform="rotate(${turn} 150 140)"/>`).join('')}</g>
  <circle cx="150" cy="140" r="34" fill="#f9ca24"/>
</svg>`;

const draw = (svg: string, width: number) => sharp(Buffer.from(svg), { density: 300 }).resize(width);
const day = landscape('#4aa3df', '#1c7aa8');
const dusk = landscape('#7d5ba6', '#3b3b7a');

/** Each source with what is special about it. */
const SOURCES = [
  {
    file: 'camera.jpg',
    about: 'camera JPEG, stored sideways',
    image: () => draw(day, 4000).flatten().rotate(270).jpeg().withMetadata({ orientation: 6 }),
  },
  {
    file: 'año nuevo +1.JPG',
    about: 'CMYK JPEG, “año nuevo +1.JPG”',
    image: () => draw(dusk, 3000).flatten().toColourspace('cmyk').jpeg(),
  },
  { file: 'flower.png', about: 'PNG, transparent', image: () => draw(flower, 900).png() },
  {
    file: 'deep.tiff',
    about: 'TIFF, 16 bit, tiled',
    image: () => draw(day, 1600).flatten().toColourspace('rgb16').tiff({ tile: true, compression: 'lzw' }),
  },
  { file: 'next-gen.avif', about: 'AVIF', image: () => draw(dusk, 1200).flatten().avif({ effort: 2 }) },
  {
    file: 'small.gif',
    about: 'GIF of 48 px: not enlarged',
    image: () => draw(flower, 48).flatten({ background: '#dff9fb' }).gif(),
  },
] as const;

const CELL = 240;
const kib = (bytes: number) =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-picture-'));
  const drop = join(folder, 'drop');
  const out = join(folder, 'out');
  mkdirSync(drop);
  for (const { file, image } of SOURCES) writeFileSync(join(drop, file), await image().toBuffer());
  const options = ['--data', join(folder, 'data'), '--out', out, '--drop', drop];
  execFileSync('npm', ['start', '--', ...options], { stdio: 'inherit', shell: process.platform === 'win32' });

  const cells = await Promise.all(
    SOURCES.map(async ({ file, about }, column) => {
      const source = readFileSync(join(drop, file));
      const thumbnail = readFileSync(join(out, 'drop', file));
      // The source as its pixels are stored: what a program shows that does not know better.
      const stored = await sharp(source)
        .resize(200, 200, { fit: 'inside', withoutEnlargement: true })
        .png()
        .toBuffer();
      const { width, height } = await sharp(thumbnail).metadata();
      return [
        ...(await placed(stored, column * CELL, 40, about, kib(source.byteLength))),
        ...(await placed(
          thumbnail,
          column * CELL,
          340,
          `${width} × ${height} px JPEG`,
          kib(thumbnail.byteLength),
        )),
      ];
    }),
  );
  const titles = [
    caption('Dropped into the bucket', 6 * CELL, 22),
    caption('What appears under miniaturas/', 6 * CELL, 22),
  ];
  await sharp({ create: { width: 6 * CELL, height: 620, channels: 3, background: '#eef1f5' } })
    .composite([...titles.map((input, i) => ({ input, left: 0, top: i * 305 })), ...cells.flat()])
    .png({ palette: true })
    .toFile(join(__dirname, 'sources-and-thumbnails.png'));
  rmSync(folder, { recursive: true });
}

/** An image in the middle of its cell, two lines of text below. */
async function placed(image: Buffer, left: number, top: number, ...lines: string[]) {
  const { width, height } = await sharp(image).metadata();
  return [
    { input: image, left: left + Math.round((CELL - width) / 2), top: top + Math.round((200 - height) / 2) },
    ...lines.map((line, i) => ({ input: caption(line, CELL, 14), left, top: top + 206 + i * 20 })),
  ];
}

function caption(text: string, width: number, size: number): Buffer {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${size + 10}"><text x="50%" y="${size + 2}" text-anchor="middle" font-family="sans-serif" font-size="${size}" fill="#222f3e">${escaped}</text></svg>`,
  );
}

main();
