import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFiles } from '../../layers/files';
import { prune } from '../../layers/prune';
import { write } from './fake-layer';

describe('prune', () => {
  let nodeModules: string;

  beforeEach(() => {
    nodeModules = join(mkdtempSync(join(tmpdir(), 'prune-')), 'node_modules');
  });
  afterEach(() => rmSync(join(nodeModules, '..'), { recursive: true }));

  /** Prunes packages with these files, and returns those that are left. */
  function pruned(paths: readonly string[], also: readonly string[] = []): string[] {
    write(nodeModules, Object.fromEntries(paths.map(path => [path, '{}'])));
    prune(nodeModules, also);
    return listFiles(nodeModules).map(({ path }) => path);
  }

  it('keeps code, data and licences', () => {
    const kept = [
      'LICENSE.md',
      'NOTICE',
      'THIRD_PARTY_LICENSES',
      'index.js',
      'lib/test/rules.js',
      'package.json',
    ];
    const gone = [
      'CHANGELOG.md',
      'README.md',
      'docs/api.html',
      'index.d.cts',
      'index.d.ts',
      'index.js.map',
      'src/binding.gyp',
      'src/common.cc',
      'src/common.h',
      'test/fixture.js',
    ];
    expect(pruned([...kept, ...gone].map(path => `a/${path}`))).toEqual(kept.map(path => `a/${path}`));
  });

  it('keeps the README of a package without a licence file', () => {
    expect(pruned(['@a/b/README.md', '@a/b/package.json'])).toEqual(['@a/b/README.md', '@a/b/package.json']);
  });

  it("removes npm's own files, what layer.prune names, and empty folders", () => {
    const paths = ['.bin/a', '.package-lock.json', 'a/index.js', 'a/package.json', 'a/install/one/build.js'];
    expect(pruned(paths, ['a/install/one'])).toEqual(['a/index.js', 'a/package.json']);
    expect(() => statSync(join(nodeModules, 'a/install'))).toThrow('ENOENT');
  });

  it('throws if layer.prune names a file that does not exist', () => {
    expect(() => pruned(['a/package.json'], ['a/install'])).toThrow(
      'Expected a file or folder of the installed packages for layer.prune but received a/install.',
    );
  });
});
