import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Bundles a package in place: the file that `require(name)` loads then holds the JavaScript of all its dependencies. A
 * cold start takes longer to find and read forty small files than to run them (docs/performance.md). The files that
 * `import` loads stay as they are.
 *
 * @param nodeModules the folder that holds the package
 * @param name a package that can be required
 * @param dynamicFolders folders of the package from which it requires by a computed name. esbuild fails if one does not
 *   exist, and npm may not have made it
 * @throws BuildFailure that names a dependency that is missing
 */
export function bundlePackage(nodeModules: string, name: string, dynamicFolders: readonly string[]): void {
  const file = createRequire(join(nodeModules, 'any.js')).resolve(name);
  const folders = dynamicFolders.map(folder => join(nodeModules, name, folder));
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
    // The packages that hold its binaries.
    external: Object.keys(optionalDependencies).flatMap(one => [one, `${one}/*`]),
    logLevel: 'silent',
  });
  for (const folder of made) if (folder) rmSync(folder, { recursive: true });
}
