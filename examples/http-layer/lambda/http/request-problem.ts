/** The other server, or whoever named it, is at fault; the message says so in a sentence. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';
  /** 400: what was asked for is refused; 502: the other server failed; 504: it took too long. */
  readonly statusCode: 400 | 502 | 504;

  constructor(
    message: string,
    { statusCode = 502, cause }: { statusCode?: 400 | 502 | 504; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.statusCode = statusCode;
  }
}
