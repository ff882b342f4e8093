import { S3Error } from './fauxqs';

/** The longest line of the encoding: a size with a signature, or a trailer. */
const MAX_LINE_BYTES = 16 * 1024;

/**
 * Decodes a body with `Content-Encoding: aws-chunked`, piece by piece. Signatures are not checked.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @param onTrailer is given each trailer, its name in lower case
 * @throws S3Error when the body is cut short or not in this encoding
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Buffer> {
  const input = body[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<void> {
    const { value, done } = await input.next();
    if (done) throw malformed('it ends too early');
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  }

  async function line(): Promise<string> {
    for (;;) {
      const end = held.indexOf('\r\n');
      if (end >= 0) {
        const text = held.toString('latin1', 0, end);
        held = held.subarray(end + 2);
        return text;
      }
      if (held.length > MAX_LINE_BYTES) throw malformed('a line has no end');
      await more();
    }
  }

  for (;;) {
    const header = await line();
    const size = /^[0-9a-f]+(;|$)/i.test(header) ? Number.parseInt(header, 16) : Number.NaN;
    if (Number.isNaN(size)) throw malformed('a chunk has no size');
    if (size === 0) break;
    for (let left = size; left > 0; ) {
      if (held.length === 0) await more();
      const piece = held.subarray(0, left);
      held = held.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
    if ((await line()) !== '') throw malformed('a chunk is longer than its size');
  }
  for (let trailer = await line(); trailer !== ''; trailer = await line()) {
    const [name = '', ...value] = trailer.split(':');
    onTrailer(name.trim().toLowerCase(), value.join(':').trim());
  }
}

function malformed(how: string): Error {
  return new S3Error('IncompleteBody', `Expected a body in aws-chunked encoding but ${how}.`, 400);
}
