// Loads a module as Lambda's runtime does, and says what that took.
require(process.argv[2]);
const { user, system } = process.cpuUsage();
console.log('ready');
process.stdin.once('data', () => {
  const modules = Object.keys(require.cache).length - 1 + process.moduleLoadList.length;
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, modules }));
  process.exit();
});
