import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { longRuns } from '../support/requires';

const cdk = (...args: readonly string[]) =>
  spawnSync('node_modules/.bin/cdk', args, { encoding: 'utf8', env: { ...process.env, CI: 'true' } }).stdout;

const pages = ['README.md', ...readdirSync('docs').map(name => `docs/${name}`)].filter(name =>
  name.endsWith('.md'),
);
const told = pages.flatMap(page => [
  ...readFileSync(page, 'utf8').matchAll(
    /npx cdk (?<command>[a-z]+)(?<options>(?: --?[a-z][\w-]*| [\w=-]+)*)/g,
  ),
]);
const commands = Map.groupBy(told, ({ groups }) => groups?.command as string);

const { test } = longRuns();

test('the pinned CLI has the commands that the docs name', () => {
  const help = cdk('--help');
  for (const command of commands.keys()) expect(help).toMatch(new RegExp(`^ +cdk ${command}\\b`, 'm'));
});

const withOptions = [...commands]
  .map(([command, uses]) => ({
    command,
    options: new Set(uses.flatMap(({ groups }) => groups?.options?.match(/--[a-z][\w-]*/g) ?? [])),
  }))
  .filter(({ options }) => options.size > 0);

test.each(withOptions)('and the options of `cdk $command`', ({ command, options }) => {
  const help = cdk(command, '--help');
  for (const option of options) expect(help).toContain(option);
});
