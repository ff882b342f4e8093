import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Makes one file of what `require(name)` loads and all the JavaScript that this needs, in place of it: to find and read
 * forty small files takes a start longer than to run them (docs/performance.md). What `import` loads stays as it is.
 *
 * @param nodeModules the folder that holds the package
 * @param name a package of it that can be required
 * @param lookedInto folders of the package in which it requires by a computed name, and which npm may not have made: esbuild
 *   wants to see them
 * @throws BuildFailure that names what the package requires and lacks
 */
export function bundlePackage(nodeModules: string, name: string, lookedInto: readonly string[]): void {
  const file = createRequire(join(nodeModules, 'any.js')).resolve(name);
  const folders = lookedInto.map(folder => join(nodeModules, name, folder));
  const made = folders.map(folder => mkdirSync(folder, { recursive: true }));
  const { optionalDependencies = {} } = JSON.parse(
    readFileSync(join(nodeModules, name, 'package.json'), 'utf8'),
  ) as { optionalDependencies?: Readonly<Record<string, string>> };
  buildSync({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    legalComments: 'inline',
    // They hold its binaries.
    external: Object.keys(optionalDependencies).flatMap(one => [one, `${one}/*`]),
    logLevel: 'silent',
  });
  for (const folder of made) if (folder) rmSync(folder, { recursive: true });
}
