import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** How one call goes wrong. After its effect is the mean one: S3 has done it and the caller does not know. */
const FAULTS = ['503', 'reset before', 'reset after', 'no answer'] as const;

/** An endpoint that passes calls on to another, save for a share of them. */
export interface Unreliable {
  readonly url: string;
  /** How often each fault was made. */
  readonly faults: Readonly<Record<string, number>>;
  readonly calls: () => number;
  close(): void;
}

/**
 * @param endpoint where the calls go that go well
 * @param share of the calls that do not, 0 to 1
 * @param random draws from 0 to 1; seeded by the caller
 */
export async function unreliable(endpoint: string, share: number, random: () => number): Promise<Unreliable> {
  const faults: Record<string, number> = Object.fromEntries(FAULTS.map(fault => [fault, 0]));
  let calls = 0;

  const server = createServer((incoming, outgoing) => {
    calls++;
    const fault = random() < share ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    if (fault) faults[fault] = (faults[fault] ?? 0) + 1;
    if (fault === 'reset before') return incoming.socket.destroy();
    // Held until the caller gives up.
    if (fault === 'no answer') return incoming.resume();
    if (fault === '503') return slowDown(incoming, outgoing);
    return passOn(incoming, outgoing, fault === 'reset after');
  });

  function passOn(incoming: IncomingMessage, outgoing: ServerResponse, resets: boolean): void {
    const { method, url, headers } = incoming;
    const onward = request(new URL(url ?? '/', endpoint), { method, headers }, answer => {
      if (resets) {
        answer.resume();
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    faults,
    calls: () => calls,
    close: () => server.close().closeAllConnections(),
  };
}

function slowDown(incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  outgoing.writeHead(503, { 'content-type': 'application/xml' });
  outgoing.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP port to listen on.');
  return `http://127.0.0.1:${address.port}`;
}
