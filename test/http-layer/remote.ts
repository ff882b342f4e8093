import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Certificate, selfSigned } from './certificate';

/** The name that the stand-in for the Internet has a certificate for. */
export const HOST = 'images.test';

/** An https server on this machine that stands in for the Internet. */
export interface Remote {
  readonly certificate: Certificate;
  readonly port: number;
  /** `https://images.test:<port><path>` */
  url(path: string): string;
  /** A URL on it that leads on to another one. */
  redirectTo(location: string): string;
  /** Requests so far. */
  requests(): number;
  stop(): Promise<void>;
}

/** Starts a server; `image` is what `/photo.jpg` has. */
export async function startRemote(image: Uint8Array): Promise<Remote> {
  const certificate = selfSigned(HOST);
  let requests = 0;
  const server = createServer({ ...certificate }, (request, response) => {
    requests++;
    answer(request, response, image);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = (path: string) => `https://${HOST}:${port}${path}`;
  return {
    certificate,
    port,
    url,
    redirectTo: location => url(`/redirect?to=${encodeURIComponent(location)}`),
    requests: () => requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, image: Uint8Array): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://any');
  const send = (status: number, headers: Readonly<Record<string, string>>, body?: string | Uint8Array) =>
    response.writeHead(status, headers).end(body);
  const jpeg = { 'content-type': 'image/jpeg' };
  const json = { 'content-type': 'application/json' };
  switch (pathname) {
    case '/photo.jpg':
      return void send(200, { ...jpeg, 'content-length': String(image.byteLength) }, image);
    case '/redirect':
      return void send(302, { location: searchParams.get('to') ?? '' });
    case '/nowhere':
      return void send(302, {});
    case '/loop':
      return void send(302, { location: '/loop' });
    case '/json':
      return void send(200, json, JSON.stringify({ agent: request.headers['user-agent'] }));
    case '/page':
      return void send(200, { 'content-type': 'text/html' }, '<html>Not what you expected</html>');
    case '/half':
      return void send(200, json, '{"half":');
    case '/squeezed':
      return void send(200, { ...jpeg, 'content-encoding': 'gzip' }, gzipSync(image));
    case '/announced':
      return void send(200, { ...jpeg, 'content-length': '1000000000' });
    case '/endless':
      response.writeHead(200, jpeg);
      pour(response);
      return;
    case '/broken':
      response.writeHead(200, { ...jpeg, 'content-length': '100' });
      return void response.write('x', () => response.destroy());
    case '/silent':
      return;
    default:
      return void send(404, {});
  }
}

/** As fast as it is read, until nobody does. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}
