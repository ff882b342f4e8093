// Lambda's console: each call is one log event on stdout, in the format of the function's LoggingConfig. Follows
// LogPatch.js and Errors.js in Lambda's Node runtime client (npm aws-lambda-ric 3.3.0, dist/index.mjs). One difference:
// a line break in a text event stays one, as in CloudWatch; the client writes \r where it has no telemetry socket.
const { format } = require('node:util');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

let requestId;

/** Of the invocation that runs, or of the last one; events before the first have none. */
function setRequestId(id) {
  requestId = id;
}

/** AWS_LAMBDA_LOG_FORMAT is Text unless it is JSON; events below AWS_LAMBDA_LOG_LEVEL are dropped. */
function patchConsole({ AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL } = process.env) {
  const write = AWS_LAMBDA_LOG_FORMAT === 'JSON' ? jsonEvent : textEvent;
  const lowest = Math.max(0, LEVELS.indexOf(AWS_LAMBDA_LOG_LEVEL));
  for (const [priority, level] of LEVELS.entries()) {
    console[level.toLowerCase()] = (value, ...more) => {
      if (priority < lowest) return;
      process.stdout.write(`${write(new Date().toISOString(), level, [value, ...more])}\n`);
    };
  }
  console.log = console.info;
}

/** What the runtime itself logs of an error that ended an invocation or the process. */
function logError(title, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(thrown);
  if (process.env.AWS_LAMBDA_LOG_FORMAT === 'JSON') console.error(error);
  else console.error(title, `\t${JSON.stringify(error, withStack)}`);
}

function textEvent(timestamp, level, values) {
  return `${timestamp}\t${requestId}\t${level}\t${format(...values)}`;
}

/** A value alone is the message as it is; several are formatted to one text, beside the first error among them. */
function jsonEvent(timestamp, level, values) {
  const event = { timestamp, level, requestId };
  if (values.length > 1) {
    const error = values.find(value => value instanceof Error);
    return JSON.stringify({ ...event, message: format(...values), ...(error && described(error)) });
  }
  try {
    return JSON.stringify({ ...event, message: values[0] }, (_key, value) =>
      value instanceof Error ? { ...described(value), ...value } : value,
    );
  } catch {
    // A circular structure, or a BigInt.
    return JSON.stringify({ ...event, message: format(values[0]) });
  }
}

function described(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: error.stack?.split('\n'),
  };
}

function withStack(_key, value) {
  if (!(value instanceof Error)) return value;
  const { name, message, code, stack } = value;
  return { errorType: name, errorMessage: message, code, ...value, stack: stack?.split('\n') };
}

module.exports = { logError, patchConsole, setRequestId };
