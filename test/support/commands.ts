import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The commands of `ops/` that tests run as processes. */
export const COMMANDS = ['start', 'failures', 'redrive', 'backfill', 'cost'] as const;
export type Command = (typeof COMMANDS)[number];

const fileOf = (folder: string, name: string) => join(folder, `${name}.js`);

/** The program and arguments that run a command as `npm run` does, with tsx: from its source. */
export function sourceCommand(name: Command): readonly string[] {
  return [process.execPath, '--import', 'tsx', `ops/${name}.ts`];
}

/** The same from its bundle, which starts in a third of the time; a test run starts a hundred. */
export function bundledCommand(name: Command): readonly string[] {
  return [process.execPath, fileOf(tmpdir(), name)];
}

/** Bundles the commands into the temporary folder of a test run. */
export async function bundleCommands(outdir: string): Promise<void> {
  await build({
    entryPoints: COMMANDS.map(name => resolve('ops', `${name}.ts`)),
    bundle: true,
    platform: 'node',
    target: 'node24',
    outdir,
    logLevel: 'error',
    plugins: [inPlace],
  });
}

/** Has a module believe that it is where its source is, and leaves sharp, which is no JavaScript alone, where it is. */
const inPlace: Plugin = {
  name: 'in place',
  setup(bundler) {
    bundler.onResolve({ filter: /^sharp$/ }, () => ({ path: require.resolve('sharp'), external: true }));
    bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const [folder, file] = [dirname(path), path].map(value => JSON.stringify(value));
      const place = `const __dirname = ${folder}, __filename = ${file};`;
      return { loader: 'ts', contents: `${place}${await readFile(path, 'utf8')}` };
    });
  },
};
