import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/** What Chromium draws of one image. */
export interface Drawn {
  /** As a page sees it (`naturalWidth`), in px: upright. */
  readonly width: number;
  readonly height: number;
  /** The whole picture at SIDE × SIDE px, RGBA, not premultiplied. What was not decoded has an alpha of 0. */
  readonly pixels: Uint8Array;
}

/** px */
export const SIDE = 64;

/** px; larger pictures come scaled by Chromium. */
const MOST_SIDE = 256;

const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
const count = Number(new URLSearchParams(location.search).get('count'));
for (let i = 0; i < count; i++) {
  const image = new Image();
  await new Promise(done => {
    image.onload = image.onerror = done;
    image.src = '/source/' + i;
  });
  // It rejects where damage was met, after which what was decoded is drawn nonetheless.
  await image.decode().catch(() => {});
  const { naturalWidth, naturalHeight } = image;
  if (naturalWidth === 0) continue;
  const [width, height] = [naturalWidth, naturalHeight].map(side => Math.min(side, ${MOST_SIDE}));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  try {
    context.drawImage(image, 0, 0, width, height);
  } catch {
    // It is in the state "broken".
  }
  const body = context.getImageData(0, 0, width, height).data;
  await fetch('/drawn/' + i + '/' + naturalWidth + '/' + naturalHeight, { method: 'POST', body });
}
await fetch('/done', { method: 'POST' });
</script>`;

/**
 * Opens images in an <img> of headless Chromium, one after the other.
 *
 * @param program Chromium's, as the shell would find it
 * @returns what it drew of each, in their order; undefined where it has no size or no pixel of it
 */
export async function drawInChromium(
  program: string,
  sources: readonly { readonly bytes: Uint8Array; readonly contentType: string }[],
): Promise<(Drawn | undefined)[]> {
  const drawn: (Drawn | undefined)[] = sources.map(() => undefined);
  const done = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const [what = '', index, width, height] = (request.url ?? '').split('?')[0]?.slice(1).split('/') ?? [];
    const source = sources[Number(index)];
    if (what === '') return response.setHeader('content-type', 'text/html').end(PAGE);
    if (what === 'source' && source !== undefined)
      return response.setHeader('content-type', source.contentType).end(source.bytes);
    const pixels = await bodyOf(request);
    if (what === 'drawn' && pixels.some((value, i) => i % 4 === 3 && value > 0))
      drawn[Number(index)] = await scale(pixels, { width: Number(width), height: Number(height) });
    if (what === 'done') done.resolve();
    return response.end();
  });
  const url = `${await listen(server)}/?count=${sources.length}`;
  const chromium = startChromium(program, url);
  try {
    await Promise.race([done.promise, chromium.failed]);
    return drawn;
  } finally {
    await chromium.stop();
    server.closeAllConnections();
    server.close();
  }
}

/** @param size its own, of which the pixels are as much as the page draws */
async function scale(pixels: Uint8Array, size: { width: number; height: number }): Promise<Drawn> {
  const [width, height] = [Math.min(size.width, MOST_SIDE), Math.min(size.height, MOST_SIDE)];
  return { ...size, pixels: await toSide(sharp(pixels, { raw: { width, height, channels: 4 } })) };
}

/** A whole picture at SIDE × SIDE px, as {@link Drawn} has it. */
export function toSide(picture: sharp.Sharp): Promise<Uint8Array> {
  return picture
    .ensureAlpha()
    .toColourspace('srgb')
    .resize(SIDE, SIDE, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const FLAGS = [
  '--headless',
  // Chromium's sandbox does not start as root, which CI often is.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--force-color-profile=srgb',
  // It ends when the pipe does, which is when this process ends in whatever way.
  '--remote-debugging-pipe',
];

function startChromium(program: string, url: string) {
  const profile = mkdtempSync(join(tmpdir(), 'miniaturas-chromium-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own, with all the processes that it starts.
    detached: true,
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-2000);
  });
  const ended = new Promise<string>(resolve => {
    child.once('close', (code, signal) => resolve(`${signal ?? `exit code ${code}`}: ${words}`));
    child.once('error', ({ message }) => resolve(message));
  });
  return {
    failed: ended.then(how => Promise.reject(new Error(`Chromium ended early (${how})`))),
    async stop() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
