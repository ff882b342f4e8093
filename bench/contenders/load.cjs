// Loads a module as Lambda's runtime does, waits for its answer to an event if one is given, and says what that took.
const { readdirSync, readFileSync } = require('node:fs');
const [, , file, event] = process.argv;

async function main() {
  const { handler } = require(file);
  const { log } = console;
  console.log = () => {}; // stdout is for our own words
  if (event) await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 10_000 });
  console.log = log;
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000 + cpuMsOfChildren();
  console.log('ready');
  process.stdin.once('data', () => {
    console.log(JSON.stringify({ cpuMs }));
    process.exit();
  });
}

/** Of the processes that this one started. Linux only. */
function cpuMsOfChildren() {
  const threads = id => readdirSync(`/proc/${id}/task`).map(thread => `/proc/${id}/task/${thread}`);
  const children = threads(process.pid).flatMap(thread =>
    readFileSync(`${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return children
    .flatMap(threads)
    .map(thread => Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
    .reduce((sum, ms) => sum + ms, 0);
}

main();
