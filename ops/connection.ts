import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalCloud } from '../local/cloud';

/** What a program needs to work with a running local cloud; any credentials do. */
export interface Connection {
  /** The endpoint of S3, and of SQS. */
  readonly s3: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** Reads the connection out of the stack's outputs. */
export function connectionOf({ endpoint, outputs }: LocalCloud): Connection {
  return {
    s3: endpoint,
    bucket: output('BucketName'),
    queueUrl: output('QueueUrl'),
    deadLetterQueueUrl: output('DeadLetterQueueUrl'),
  };

  function output(name: string): string {
    const value = outputs[name];
    if (value === undefined) throw new Error(`Expected an output ${name} in the template but received none.`);
    return value;
  }
}

/**
 * Leaves the connection in the data folder, for `npm run failures -- --local` and the like.
 *
 * @returns takes it away again
 */
export function publish(connection: Connection, data: string): () => void {
  const file = join(data, 'cloud.json');
  writeFileSync(file, JSON.stringify(connection));
  return () => rmSync(file, { force: true });
}

/** How to run the functions that no queue feeds; empty when there are none. */
export function invocations({ endpoint, resources }: LocalCloud): string {
  const ofType = (type: string) => resources.filter(resource => resource.type === type);
  const fed = ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => properties.FunctionName);
  const lines = ofType('AWS::Lambda::Function')
    .filter(({ ref }) => !fed.includes(ref))
    .map(
      ({ name, properties }) => `
  # ${properties.Description ?? name}
  aws --endpoint-url ${endpoint} lambda invoke --function-name ${name} --payload fileb://event.json /dev/stdout`,
    );
  return lines.length === 0 ? '' : `\nFunctions to invoke:${lines.join('')}\n`;
}

/** What a person wants to read when everything is ready. */
export function readyMessage({ s3, bucket }: Connection, data: string): string {
  const aws = `aws --endpoint-url ${s3}`;
  return `
Ready: S3, SQS and Lambda at ${s3}, bucket ${bucket}, kept in ${data}. Ctrl-C ends it.

Try it:
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
  ${aws} s3 cp photo.jpg s3://${bucket}/
  ${aws} s3 ls --recursive s3://${bucket}/

As on AWS: the bucket's notifications and their filters, batches, partial answers, retries and the dead-letter queue; the
functions with their bundle, layers, environment and timeout. Not here: permissions, encryption, TLS, limits of memory.
`;
}
