import { writeFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { createBoundedRender } from './bounded-render';
import { deadLetterQueue, type Place } from './dead-letters';
import { ENVIRONMENT, type Settings } from './model/settings';
import { processSource } from './process-source';
import type { Message, Request } from './protocol';
import { createSemaphore } from './semaphore';
import { s3Store } from './store';

/** The process that reads, renders and writes. The supervisor starts it, sends it jobs, and may kill it at any moment. */

const settings: Settings = JSON.parse(process.env[ENVIRONMENT.settings] as string);
/** Lambda gives them in the environment, for as long as the process lives: no search for others. */
const place: Place = {
  region: process.env.AWS_REGION as string,
  credentials: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID as string,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY as string,
    ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
  },
};

const deps = {
  bucket: process.env[ENVIRONMENT.bucket] as string,
  ...settings,
  store: s3Store(
    new S3Client({
      ...place,
      // TLS already protects the bytes in transit; a checksum of every body would only cost CPU time.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // S3 answers well within a second, but our own process may be busy for longer with a batch on a fraction of a CPU.
      // A connection that is still for longer than that is dropped, and the call made again.
      requestHandler: { connectionTimeout: 3_000, socketTimeout: 5_000 },
    }),
  ),
  sourceBytes: createSemaphore(settings.limits.sourceMiB * 2 ** 20),
  render: createBoundedRender(settings, Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE)),
  sendDeadLetter: deadLetterQueue(process.env[ENVIRONMENT.deadLetterQueueUrl] as string, place),
};

async function work({ id, ...job }: Request): Promise<void> {
  const send = (message: Message) => process.send?.(message);
  try {
    const report = await processSource(job, deps, progress => send({ id, ...progress }));
    send({ id, kind: 'done', report });
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    send({ id, kind: 'fault', name, message });
  }
}

preferAsVictim();
process.on('message', request => work(request as Request));
// Without the supervisor nobody waits for an answer. `process.exit` would wait for native threads.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

/** When memory runs out, the kernel is to end this process and not the supervisor. */
function preferAsVictim(): void {
  try {
    // https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // No Linux: there the kernel chooses by size, which is this process too.
  }
}
