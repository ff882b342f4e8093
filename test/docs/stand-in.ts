import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a command of the AWS CLI asked for. */
export interface AwsRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Stands in for AWS as far as publishing and attaching layers goes: takes everything, keeps it, answers with an ARN. */
export interface StandIn {
  readonly endpoint: string;
  readonly requests: AwsRequest[];
  stop(): Promise<void>;
}

export const ARN = 'arn:aws:lambda:us-east-1:123456789012:layer:any:1';

export async function startStandIn(): Promise<StandIn> {
  const requests: AwsRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await text(request)) || '{}');
    requests.push({
      operation: String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`),
      body,
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ LayerVersionArn: ARN, Version: 1, Parameter: { Value: ARN } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
