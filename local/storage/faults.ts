import { type App, loadFauxqs } from './fauxqs';

/** No room on the disk, in the user's quota, or in a file. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Answers a request that failed on this machine's disk as S3 or SQS would: 507 when there is no room, 500 for any other
 * fault of the system (no permission, too many open files). The request changed nothing, and the next may succeed.
 */
export function answerFaults(app: App): void {
  app.setErrorHandler(
    (error: Error & { readonly code?: string; readonly syscall?: string }, request, reply) => {
      if (error instanceof loadFauxqs().S3Error) {
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
      const { S3Error } = loadFauxqs();
      const code = noRoom ? 'InsufficientStorage' : 'InternalError';
      return reply.type('application/xml').send(new S3Error(code, sentence, reply.statusCode).toXml());
    },
  );
}
