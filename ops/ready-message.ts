import { whyUnwatched } from '../lambda/thumbnail/model/watched';
import type { LocalCloud } from '../local/cloud';
import type { Resource } from '../local/template/stack';
import type { Published } from './connection';
import { DEFAULT_DATA } from './options';

/**
 * What a person wants to read when `npm start` is ready.
 *
 * @param options.folder the one that stands for the bucket, if any
 */
export function readyMessage(
  cloud: LocalCloud,
  { s3, bucket, watch }: Published,
  { data, folder }: { readonly data: string; readonly folder: string | undefined },
): string {
  const aws = `aws --endpoint-url ${s3}`;
  const functions = cloud.resources.filter(({ type }) => type === 'AWS::Lambda::Function');
  const where = data === DEFAULT_DATA ? '' : ` --data ${data}`;
  return `
Ready: S3, SQS and Lambda at ${s3}, bucket ${bucket}, kept in ${data}. Ctrl-C ends it.
${folder === undefined ? '' : existing(folder)}
Try it in another terminal:
  npm start -- --drop photo.jpg${where}

  # or with any S3 client
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
  ${aws} s3 cp photo.jpg s3://${bucket}/
  ${aws} s3 ls --recursive s3://${bucket}/
${functions.map(one => invocation(one, aws)).join('')}

As on AWS: the bucket's notifications and their filters, batches, partial answers, retries and the dead-letter queue; the
functions with their bundle, layers, environment and timeout. Not here: permissions, encryption, TLS, limits of memory.
`;

  function existing(of: string): string {
    const images = cloud.keysIn(bucket).filter(key => watch && whyUnwatched(key, watch) === undefined);
    return `
${images.length} images in the existing bucket; \`npm run backfill -- --local${where}\` makes their thumbnails.
${of} is only read: thumbnails, and what changes in the bucket, are kept in ${data}.
`;
  }
}

/** How to invoke a function by hand, with an event of one's own. */
function invocation({ name, properties }: Resource, aws: string): string {
  return `
  # ${properties.Description ?? name}
  ${aws} lambda invoke --function-name ${name} --payload fileb://event.json /dev/stdout`;
}
