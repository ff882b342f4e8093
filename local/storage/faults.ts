import { type App, S3Error } from './fauxqs';

/** The disk, the user's quota or a file is full. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Answers a request that failed with an error of this machine's system: 507 when the disk is full, 500 for any other
 * (no permission, too many open files). The request changed nothing, and the next may succeed.
 */
export function answerFaults(app: App): void {
  app.setErrorHandler(
    (error: Error & { readonly code?: string; readonly syscall?: string }, request, reply) => {
      if (error instanceof S3Error) {
        return reply.code(error.statusCode).type('application/xml').send(error.toXml());
      }
      if (error.syscall === undefined) return reply.send(error);
      const noRoom = NO_ROOM.includes(error.code ?? '');
      const sentence = `Nothing was changed: ${error.message}`;
      reply.code(noRoom ? 507 : 500);
      if (request.url === '/') {
        return reply
          .type('application/x-amz-json-1.0')
          .send(JSON.stringify({ __type: 'com.amazonaws.sqs#InternalFailure', message: sentence }));
      }
      const code = noRoom ? 'InsufficientStorage' : 'InternalError';
      return reply.type('application/xml').send(new S3Error(code, sentence, reply.statusCode).toXml());
    },
  );
}
