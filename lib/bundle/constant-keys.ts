import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The shapes of all that a service takes and answers, a constant each, in one file of its client. */
const SCHEMAS = /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;

/**
 * Lets esbuild leave out the shapes that no call of ours has: 53 of S3's 66 kB. They hold objects such as `{ [_hH]: _ct }`, and
 * a computed key counts as a side effect, since it might be an object with a `toString` of its own. So keys that are constants
 * of the same file, `const _hH = "httpHeader"`, are replaced with their values.
 */
export const constantKeys: Plugin = {
  name: 'constant-keys',
  setup({ onLoad }) {
    onLoad({ filter: SCHEMAS }, async ({ path }) => ({
      contents: withConstantKeys(await readFile(path, 'utf8')),
    }));
  },
};

function withConstantKeys(module: string): string {
  const constants = new Map<string, string>();
  for (const [, name = '', value = ''] of module.matchAll(/^const (\w+) = ("[^"\\]*");$/gm))
    constants.set(name, value);
  return module.replace(/\[(\w+)\]:/g, (key, name) =>
    constants.has(name) ? `[${constants.get(name)}]:` : key,
  );
}
