// What Lambda's runtime does inside a function's process: loads the handler that _HANDLER names, then answers one
// invocation at a time. Runs as it is, under the runtime's Node, with nothing of the local cloud around it.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { logError, patchConsole, setRequestId } = require('./console.cjs');

patchConsole();
process.on('disconnect', () => process.exit());

// Exit codes as in index.mjs of Lambda's runtime client.
process.on('uncaughtException', error => {
  logError('Uncaught Exception', error);
  process.exit(129);
});
process.on('unhandledRejection', (reason, promise) => {
  const error = new UnhandledPromiseRejection(String(reason));
  logError('Unhandled Promise Rejection', Object.assign(error, { reason, promise }));
  process.exit(128);
});
class UnhandledPromiseRejection extends Error {}
UnhandledPromiseRejection.prototype.name = 'Runtime.UnhandledPromiseRejection';

/** `folder/file.exported` */
async function loadHandler(name) {
  const dot = name.lastIndexOf('.');
  const [path, exported] = [join(process.cwd(), name.slice(0, dot)), name.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs'].map(suffix => path + suffix).find(existsSync);
  if (!file) throw new Error(`Expected a file for the handler ${name} but received none at ${path}.js`);
  const loaded = file.endsWith('.mjs') ? await import(pathToFileURL(file)) : require(file);
  const handler = loaded[exported];
  if (typeof handler !== 'function') {
    throw new Error(`Expected a function for the handler ${name} but received ${typeof handler}`);
  }
  return handler;
}

function contextOf({ requestId, deadline }) {
  return {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function describe(error) {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

/** Marks the end of an invocation's output; the local cloud waits for it. */
function endOutput() {
  for (const stream of [process.stdout, process.stderr]) stream.write('\0end\n');
}

function reply(message) {
  endOutput();
  process.send(message);
}

loadHandler(process.env._HANDLER).then(
  handler => {
    process.on('message', async ({ event, ...invocation }) => {
      setRequestId(invocation.requestId);
      try {
        // A handler that throws before its first await is a failed invocation too, not a crash.
        const answer = await handler(event, contextOf(invocation));
        reply({ kind: 'answered', answer: JSON.stringify(answer) });
      } catch (error) {
        logError('Invoke Error', error);
        reply({ kind: 'failed', error: describe(error) });
      }
    });
    process.send({ kind: 'ready' });
  },
  error => process.send({ kind: 'unloadable', error: describe(error) }),
);
