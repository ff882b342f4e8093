/**
 * An S3 of a set speed, in a process of its own: serves files by key from memory, counts and forgets what is written.
 * `GET /` answers the number of objects written.
 *
 *     tsx bench/s3-server.ts '{"files":[…],"firstByteMs":30,"megabytesPerSecond":80,"writeMs":30}'
 */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How far away S3 is. The bandwidth is that of one connection, as S3's is. */
export interface Network {
  readonly firstByteMs: number;
  readonly megabytesPerSecond: number;
  readonly writeMs: number;
}

interface Options extends Network {
  readonly files: readonly string[];
}

const { files, firstByteMs, megabytesPerSecond, writeMs } = JSON.parse(process.argv[2] ?? '{}') as Options;
const objects = new Map(files.map(file => [basename(file), readFileSync(file)]));

/** Node's timers know whole milliseconds: each sends what was due by then. */
async function trickle(body: Buffer, response: ServerResponse): Promise<void> {
  const bytesPerMs = megabytesPerSecond * 1000;
  const start = performance.now();
  for (let sent = 0; sent < body.byteLength; ) {
    const due = Math.min(body.byteLength, Math.ceil((performance.now() - start) * bytesPerMs));
    if (due > sent) response.write(body.subarray(sent, due));
    sent = Math.max(sent, due);
    if (sent < body.byteLength) await wait(1);
  }
  response.end();
}

let written = 0;

const server = createServer(async (request, response) => {
  for await (const _ of request);
  if (request.url === '/') return response.end(`${written}`);
  const key = decodeURIComponent(request.url?.split('?')[0]?.split('/').slice(2).join('/') ?? '');
  const body = objects.get(key);
  await wait(request.method === 'PUT' || request.method === 'DELETE' ? writeMs : firstByteMs);
  if (request.method === 'PUT') {
    written++;
    return response.setHeader('etag', '"written"').end();
  }
  if (request.method === 'DELETE') return response.writeHead(204).end();
  if (!body) return response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  response.setHeader('etag', `"${body.byteLength}"`).setHeader('content-length', body.byteLength);
  if (request.method === 'HEAD') return response.end();
  await trickle(body, response);
});
// Kept as long as S3 keeps them, or longer: none may end between two rounds.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
process.stdin.on('end', () => process.exit()).resume();
