import { SQSClient } from '@aws-sdk/client-sqs';
import type { Connection } from '../connection';
import { holdAll } from '../hold';
import { reasonIn } from '../log-line';

/**
 * Why sources have no thumbnail: the reason in the dead-letter queue, else what the function's log says of the key.
 *
 * @param since only failures after this time count
 * @param log the lines of the function's log
 * @returns finds the reason for a key
 */
export async function reasonsSince(
  since: Date,
  {
    connection,
    region,
    log,
  }: { readonly connection: Connection; readonly region: string; readonly log: readonly string[] },
): Promise<(key: string) => string> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: connection.s3, region, credentials });
  const hold = await holdAll({ sqs, ...connection });
  await hold.release();
  sqs.destroy();
  const reasons = new Map(
    hold.letters
      .filter(({ when }) => when >= since)
      .flatMap(({ keys, reason, detail }) =>
        keys.map(key => [key, `${reason}: ${detail.replaceAll(/\s+/g, ' ')}`] as const),
      ),
  );
  return key =>
    reasons.get(key) ??
    log.map(line => reasonIn(line, key)).findLast(reason => reason !== undefined) ??
    'The function said nothing of it.';
}
