import {
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { type Fixture, startFixture } from './fixture';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

test('an object has no tags, and what the local cloud does not keep is refused, not taken for the object', async () => {
  const { s3, bucket } = fixture;
  const object = { Bucket: bucket, Key: 'foto.jpg' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'bytes' }));
  // The AWS CLI asks for them before it copies a large object.
  expect((await s3.send(new GetObjectTaggingCommand(object))).TagSet).toEqual([]);
  const tags = { TagSet: [{ Key: 'a', Value: 'b' }] };
  await expect(s3.send(new PutObjectTaggingCommand({ ...object, Tagging: tags }))).rejects.toThrow(
    'keeps no tags',
  );
  await expect(s3.send(new GetObjectAclCommand(object))).rejects.toThrow('keeps no tags');
  const { Body } = await s3.send(new GetObjectCommand(object));
  expect(await Body?.transformToString()).toBe('bytes');
});
