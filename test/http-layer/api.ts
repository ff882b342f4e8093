import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP API on this machine. What it answers can be changed. */
export async function startApi() {
  const api = { url: '', status: 200, body: '{"greeting":"hola"}', stop: () => server.close() };
  const server = createServer((_, response) => response.writeHead(api.status).end(api.body));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return api;
}
