import { RequestProblem } from './request-problem';

/** What both functions return. */
export interface Answer {
  /** HTTP's: 200, or what kind of problem `body.error` tells of. */
  readonly statusCode: number;
  readonly body: unknown;
}

/**
 * The answer that tells of a problem with a request.
 *
 * @throws the error itself if it is something else, a fault of ours or of S3
 */
export function refusal(error: unknown): Answer {
  if (!(error instanceof RequestProblem)) throw error;
  return { statusCode: error.statusCode, body: { error: error.message } };
}
