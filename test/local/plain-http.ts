import { type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends a request as it is: `fetch` sets Host itself, and the S3 client whatever it holds right. */
export function send(
  url: string,
  { body, ...options }: Omit<RequestOptions, 'path'> & { readonly body?: string | Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Not `new URL(url).pathname`: it would tidy the path up.
    const path = url.replace(/^http:\/\/[^/]*/, '') || '/';
    const { hostname, port } = new URL(url);
    request({ ...options, hostname, port, path, agent: false }, async response => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: await text(response) });
    })
      .on('error', reject)
      .end(body);
  });
}

/** Sends bytes that no client would send; resolves to the answer when the server has closed the connection. */
export async function raw(port: string, bytes: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}
