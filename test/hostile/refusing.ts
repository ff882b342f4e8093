import { createServer, request } from 'node:http';

/** An endpoint that passes calls on to another, save for those of a method that it is told to refuse. */
export interface Refusing {
  readonly url: string;
  /** Answers 500 to these from now on; undefined: to none. */
  refuse(method: string | undefined): void;
  close(): void;
}

export async function refusing(endpoint: string): Promise<Refusing> {
  let refused: string | undefined;
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    if (method === refused) {
      incoming.resume();
      outgoing.writeHead(500).end();
      return;
    }
    const onward = request(new URL(url ?? '/', endpoint), { method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port to listen on.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    refuse: method => {
      refused = method;
    },
    close: () => server.close().closeAllConnections(),
  };
}
