import { decodeAwsChunked } from '../../local/storage/aws-chunked';

const BODY = Buffer.from(
  `5;chunk-signature=abc\r\nhello\r\n1\r\n\n\r\n0${'c'.repeat(2)}\r\n${'\r\n'.repeat(102)}\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
);
const DECODED = `hello\n${'\r\n'.repeat(102)}`;

async function decode(body: Buffer, pieceBytes: number) {
  const trailers: Record<string, string> = {};
  async function* pieces() {
    for (let i = 0; i < body.length; i += pieceBytes) yield body.subarray(i, i + pieceBytes);
  }
  const decoded: Buffer[] = [];
  for await (const piece of decodeAwsChunked(pieces(), (name, value) => {
    trailers[name] = value;
  }))
    decoded.push(piece);
  return { decoded: Buffer.concat(decoded).toString(), trailers };
}

test.each([1, 2, 3, 7, 64, 1000])('decodes a body that arrives %i bytes at a time', async pieceBytes => {
  expect(await decode(BODY, pieceBytes)).toEqual({
    decoded: DECODED,
    trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
  });
});

test.each([
  { what: 'cut short', body: BODY.subarray(0, 40), sentence: 'it ends too early' },
  { what: 'without sizes', body: Buffer.from('plain\r\nbytes\r\n'), sentence: 'a chunk has no size' },
  {
    what: 'longer than it says',
    body: Buffer.from('1\r\nab\r\n0\r\n\r\n'),
    sentence: 'longer than its size',
  },
  { what: 'one endless line', body: Buffer.alloc(40_000, '1'), sentence: 'a line has no end' },
])('a body $what is refused', async ({ body, sentence }) => {
  await expect(decode(body, 100)).rejects.toThrow(sentence);
});
