import { sign } from '../../lambda/thumbnail/aws/sign';

// AWS's own examples: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const signer = {
  region: 'us-east-1',
  service: 's3',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
} as const;
const host = 'examplebucket.s3.amazonaws.com';
const then = new Date('2013-05-24T00:00:00Z');

test('signs a read as AWS does', () => {
  const headers = { range: 'bytes=0-9' };
  expect(sign({ method: 'GET', host, path: '/test.txt', headers }, signer, then)).toMatchObject({
    'x-amz-date': '20130524T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  });
});

test('signs a write with its body as AWS does', () => {
  const headers = { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' };
  const body = Buffer.from('Welcome to Amazon S3.');
  const signed = sign({ method: 'PUT', host, path: '/test%24file.text', headers, body }, signer, then);
  expect(signed['x-amz-content-sha256']).toBe(
    '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
  );
  expect(signed.authorization).toContain(
    'Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test("a role's token is part of what is signed", () => {
  const credentials = { ...signer.credentials, sessionToken: 'token' };
  const signed = sign({ method: 'HEAD', host, path: '/', headers: {} }, { ...signer, credentials }, then);
  expect(signed).toMatchObject({
    'x-amz-security-token': 'token',
    authorization: expect.stringContaining('x-amz-date;x-amz-security-token'),
  });
});
