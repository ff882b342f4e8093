import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  SelectObjectContentCommand,
} from '@aws-sdk/client-s3';
import { AddPermissionCommand, SendMessageCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { type Fixture, startFixture } from './fixture';
import { raw, send } from './plain-http';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ notifications: [], handler: 'record(event);' });
});
afterAll(() => fixture.stop());
beforeEach(() => fixture.s3.send(new PutObjectCommand({ ...object(), Body: 'bytes' })));

const object = () => ({ Bucket: fixture.bucket, Key: 'foto.jpg' });

async function expectUntouched(): Promise<void> {
  const { Body } = await fixture.s3.send(new GetObjectCommand(object()));
  expect(await Body?.transformToString()).toBe('bytes');
  expect(fixture.records()).toEqual([]);
}

type Send = (
  s3: S3Client,
  bucket: { Bucket: string },
  object: { Bucket: string; Key: string },
) => Promise<unknown>;

test.each<[string, Send]>([
  ['GET of a bucket with policy', (s3, bucket) => s3.send(new GetBucketPolicyCommand(bucket))],
  ['DELETE of a bucket with policy', (s3, bucket) => s3.send(new DeleteBucketPolicyCommand(bucket))],
  [
    'PUT of a bucket with versioning',
    (s3, bucket) =>
      s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } })),
  ],
  [
    'PUT of a bucket with lifecycle',
    (s3, bucket) => s3.send(new PutBucketLifecycleConfigurationCommand(bucket)),
  ],
  ['GET of a bucket with versions', (s3, bucket) => s3.send(new ListObjectVersionsCommand(bucket))],
  ['GET of a bucket with uploads', (s3, bucket) => s3.send(new ListMultipartUploadsCommand(bucket))],
  [
    'DELETE of an object with versionId',
    (s3, _bucket, one) => s3.send(new DeleteObjectCommand({ ...one, VersionId: 'v1' })),
  ],
  [
    'GET of an object with versionId',
    (s3, _bucket, one) => s3.send(new GetObjectCommand({ ...one, VersionId: 'v1' })),
  ],
  ['GET of an object with acl', (s3, _bucket, one) => s3.send(new GetObjectAclCommand(one))],
  [
    'PUT of an object with tagging',
    (s3, _bucket, one) =>
      s3.send(new PutObjectTaggingCommand({ ...one, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } })),
  ],
  [
    'POST of an object with select and select-type',
    (s3, _bucket, one) =>
      s3.send(
        new SelectObjectContentCommand({
          ...one,
          Expression: 'select',
          ExpressionType: 'SQL',
          InputSerialization: {},
          OutputSerialization: {},
        }),
      ),
  ],
  [
    'x-amz-tagging of S3',
    (s3, _b, one) => s3.send(new PutObjectCommand({ ...one, Body: 'other', Tagging: 'a=b' })),
  ],
])('refuses %s, and does nothing', async (asked, ask) => {
  await expect(ask(fixture.s3, { Bucket: fixture.bucket }, object())).rejects.toMatchObject({
    message: `The local cloud does not serve ${asked}.`,
    $metadata: { httpStatusCode: 501 },
  });
  await expectUntouched();
});

const LAMBDA = '/2015-03-31/functions/Fixture-Function';

test.each([
  // [method, path, headers, body, what the sentence names]
  ['POST', '/2018-10-31/layers/greeting/versions', {}, '{}', 'POST /2018-10-31/layers/greeting/versions'],
  ['GET', '/2015-03-31/functions', {}, '', 'GET /2015-03-31/functions'],
  ['DELETE', LAMBDA, {}, '', `DELETE ${LAMBDA}`],
  ['POST', `${LAMBDA}/invocations?Qualifier=1`, {}, '{}', 'not 1'],
  ['POST', `${LAMBDA}/invocations`, { 'x-amz-invocation-type': 'DryRun' }, '{}', 'DryRun'],
  ['POST', `${LAMBDA}/invocations`, { 'x-amz-log-type': 'Tail' }, '{}', 'Tail'],
  ['POST', '/', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, '{}', 'DynamoDB_20120810.ListTables'],
  ['POST', '/', { 'content-type': 'application/x-amz-json-1.0' }, '{}', 'without X-Amz-Target'],
  ['POST', '/', form(), 'Action=ListTopics&Version=2010-03-31', 'ListTopics'],
  ['POST', '/', form(), 'Action=SendMessage&Version=2012-11-05', 'SQS is served in JSON'],
  ['POST', '/000000000000/Fixture-Queue', form(), 'Action=ReceiveMessage', 'ReceiveMessage'],
  ['PATCH', '/fixture-bucket/foto.jpg', {}, 'x', 'PATCH of an object'],
  ['OPTIONS', '/fixture-bucket', {}, '', 'OPTIONS of a bucket'],
  ['POST', '/fixture-bucket', {}, '<Delete/>', 'POST of a bucket'],
  ['POST', '/fixture-bucket/foto.jpg?delete', {}, '<Delete/>', 'POST of an object with delete'],
  ['GET', '/fixture-bucket?list-type=3', {}, '', 'GET of a bucket with list-type'],
  ['GET', '/fixture-bucket?versions&encoding-type=url', {}, '', 'GET of a bucket with versions.'],
  ['GET', '/?prefix=a', {}, '', 'GET of the list of buckets with prefix'],
  ['GET', '/?Action=ListQueues', {}, '', 'with Action'],
])('refuses %s %s %j %s', async (method, path, headers, body, named) => {
  const answer = await send(fixture.cloud.endpoint + path, { method, headers, body });
  expect(answer.status).toBe(501);
  expect(answer.body).toContain(named);
  await expectUntouched();
});

function form(): Record<string, string> {
  return { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
}

test('refuses what it does not serve of SQS', async () => {
  const { sqs, cloud } = fixture;
  const task = new StartMessageMoveTaskCommand({ SourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' });
  await expect(sqs.send(task)).rejects.toThrow('The local cloud does not serve SQS StartMessageMoveTask.');
  const permission = { QueueUrl: cloud.outputs.QueueUrl, Label: 'a', AWSAccountIds: ['1'], Actions: ['*'] };
  await expect(sqs.send(new AddPermissionCommand(permission))).rejects.toThrow('SQS AddPermission');
});

test.each(['{', '5', 'null', '[]', ''])('SQS answers the body %j with 400', async body => {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
  const answer = await send(fixture.cloud.endpoint, { method: 'POST', headers, body });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ __type: 'com.amazonaws.sqs#SerializationException' });
});

test.each(['{', '{"a":', '\u0000'])('Invoke answers the event %j with 400', async body => {
  const answer = await send(`${fixture.cloud.endpoint}${LAMBDA}/invocations`, { method: 'POST', body });
  expect(answer.status).toBe(400);
  expect(answer.headers['x-amzn-errortype']).toBe('InvalidRequestContentException');
  expect(fixture.records()).toEqual([]);
});

test.each(['*', 'http://example.com/', '//', '/%zz', '/fixture-bucket/%zz', '/\u007f'])(
  'is still there after a request for %j',
  async path => {
    // As a proxy or a broken client would ask.
    const { port } = new URL(fixture.cloud.endpoint);
    await raw(port, `OPTIONS ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await raw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await expectUntouched();
  },
);

test('serves the auxiliary requests of clients', async () => {
  const { s3, sqs, bucket, cloud } = fixture;
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: bucket }]);
  await s3.send(new HeadBucketCommand({ Bucket: bucket }));
  const location = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
  expect(location.LocationConstraint ?? '').toBe('');
  await expect(s3.send(new GetBucketLocationCommand({ Bucket: 'none' }))).rejects.toThrow('does not exist');
  // The AWS CLI asks for them before it copies a large object.
  expect((await s3.send(new GetObjectTaggingCommand(object()))).TagSet).toEqual([]);
  expect(await s3.send(new HeadObjectCommand(object()))).toMatchObject({ ContentLength: 5 });
  const named = { ...object(), ResponseContentDisposition: 'attachment; filename="a.jpg"' };
  expect(await s3.send(new GetObjectCommand(named))).toMatchObject({
    ContentDisposition: named.ResponseContentDisposition,
  });
  await sqs.send(new SendMessageCommand({ QueueUrl: cloud.outputs.DeadLetterQueueUrl, MessageBody: 'x' }));
  const identity = { method: 'POST', headers: form(), body: 'Action=GetCallerIdentity&Version=2011-06-15' };
  expect(await send(cloud.endpoint, identity)).toMatchObject({ status: 200 });
});
