import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pinned, program } from './child';
import type { Network } from './s3-server';

/** As in one region: what users of Lambda and S3 measure. */
export const NEAR: Network = { firstByteMs: 30, megabytesPerSecond: 80, writeMs: 30 };
/** As fast as this machine is. */
export const HERE: Network = { firstByteMs: 0, megabytesPerSecond: 100_000, writeMs: 0 };

export interface LoopbackS3 {
  readonly url: string;
  /** @throws Error unless so many objects were written since the last call: what makes no thumbnails is not measured */
  expectWritten(count: number): Promise<void>;
  stop(): void;
}

export async function startS3(files: readonly string[], network: Network, cpu = 0): Promise<LoopbackS3> {
  const [command = '', ...args] = pinned(program('s3-server.ts', JSON.stringify({ files, ...network })), cpu);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const { url } = JSON.parse(value ?? '');
  let before = 0;
  return {
    url,
    async expectWritten(count) {
      const written = Number(await (await fetch(url)).text());
      if (written - before !== count)
        throw new Error(`Expected ${count} thumbnails but received ${written - before}.`);
      before = written;
    },
    stop: () => child.stdin.end(),
  };
}
