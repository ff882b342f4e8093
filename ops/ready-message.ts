import type { LocalCloud } from '../local/cloud';
import type { Connection } from './connection';

/** What a person wants to read when `npm start` is ready. */
export function readyMessage(cloud: LocalCloud, { s3, bucket }: Connection, data: string): string {
  const aws = `aws --endpoint-url ${s3}`;
  return `
Ready: S3, SQS and Lambda at ${s3}, bucket ${bucket}, kept in ${data}. Ctrl-C ends it.

Try it:
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
  ${aws} s3 cp photo.jpg s3://${bucket}/
  ${aws} s3 ls --recursive s3://${bucket}/

As on AWS: the bucket's notifications and their filters, batches, partial answers, retries and the dead-letter queue; the
functions with their bundle, layers, environment and timeout. Not here: permissions, encryption, TLS, limits of memory.
${invocations(cloud)}`;
}

/** How to run the functions that no queue feeds; empty when there are none. */
function invocations({ endpoint, resources }: LocalCloud): string {
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
