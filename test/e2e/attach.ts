import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { holdAll } from '../../ops/hold';
import { type DeadLetter, type Deployed, objectsOf } from './deployed';

/** The name of the environment variable that holds a {@link Target} as JSON. */
export const TARGET_VARIABLE = 'MINIATURAS_TARGET';

/** A stack that is deployed somewhere; credentials come from where the AWS CLI takes them. */
export interface Target {
  /** Where its services are, unless they are AWS's own. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The deployed stack that the tests are to run against, if they are given one. */
export function givenTarget(): Target | undefined {
  const target = process.env[TARGET_VARIABLE];
  return target ? JSON.parse(target) : undefined;
}

/** Time for a thumbnail to appear, cold start and a slow account included, and time between two looks; in ms. */
const PATIENCE = 20_000;
const PAUSE = 200;

/** Works with a stack that is deployed already, in a folder of its own that it empties at the end. */
export function attach({ endpoint, region, outputs }: Target): Deployed {
  const client = { region, ...(endpoint && { endpoint }) };
  const s3 = new S3Client({ ...client, forcePathStyle: endpoint !== undefined });
  const sqs = new SQSClient(client);
  const queues = {
    sqs,
    queueUrl: outputs.QueueUrl as string,
    deadLetterQueueUrl: outputs.DeadLetterQueueUrl as string,
  };
  const bucket = outputs.BucketName as string;
  const folder = `miniaturas-test-${randomBytes(4).toString('hex')}/`;
  const objects = objectsOf({ s3, bucket, folder });
  const taken: DeadLetter[] = [];

  /** Takes the dead letters about our sources, for good; others' stay. */
  async function deadLetters(): Promise<DeadLetter[]> {
    const hold = await holdAll(queues);
    for (const { keys, reason, detail, message } of hold.deadLetters) {
      const [key = ''] = keys;
      if (!key.startsWith(folder)) continue;
      taken.push({ key: key.slice(folder.length), reason, detail });
      const QueueUrl = queues.deadLetterQueueUrl;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    await hold.release();
    return [...taken];
  }

  async function eventually<T>(look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const seen = await look();
      if (wanted(seen) || Date.now() > end) return seen;
      await setTimeout(PAUSE);
    }
  }

  return {
    s3,
    bucket,
    folder,
    ...objects,
    deadLetters,
    eventually,
    async stop() {
      for (const key of await objects.keys(folder)) await objects.remove(key.slice(folder.length));
      const left = await eventually(
        () => objects.keys(`miniaturas/${folder}`),
        keys => keys.length === 0,
      );
      await deadLetters();
      s3.destroy();
      sqs.destroy();
      if (left.length > 0) throw new Error(`Thumbnails outlive their sources: ${left.join(', ')}`);
    },
  };
}
