import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalCloud } from '../local/cloud';
import { type Deployed, deployedIn } from './deployed';
import { type Watch, watchOf } from './drop/watch';

/** What a program needs to work with a running local cloud; any credentials do. */
export interface Connection {
  /** The endpoint of S3, and of SQS. */
  readonly s3: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** What a running local cloud leaves in its data folder for other commands. */
export interface Published extends Connection {
  /** Undefined where the template has no function of ours. */
  readonly watch: Watch | undefined;
  readonly deployed: Deployed | undefined;
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

/** What to publish of a running local cloud. */
export function publishedOf(cloud: LocalCloud): Published {
  const connection = connectionOf(cloud);
  const { resources } = cloud;
  return {
    ...connection,
    watch: watchOf(connection.bucket, resources),
    deployed: deployedIn(resources),
  };
}

const fileIn = (data: string) => join(data, 'cloud.json');

/** Leaves the connection in the data folder, for `npm run failures -- --local` and the like. */
export function publish(connection: Published, data: string): void {
  const file = fileIn(data);
  // Renamed, so that nobody reads half of it.
  writeFileSync(`${file}.new`, JSON.stringify(connection));
  renameSync(`${file}.new`, file);
}

/** Takes it away; a cloud that was killed has left it behind. */
export function unpublish(data: string): void {
  rmSync(fileIn(data), { force: true });
}

/** The connection that a data folder holds, if any: of a running cloud, or of one that was killed. */
export function publishedIn(data: string): Published | undefined {
  const file = fileIn(data);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Clients of a local cloud, by its endpoint. */
export function localClients(endpoint: string): { readonly s3: S3Client; readonly sqs: SQSClient } {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = { endpoint, region: 'us-east-1', credentials };
  return { s3: new S3Client({ ...client, forcePathStyle: true }), sqs: new SQSClient(client) };
}
