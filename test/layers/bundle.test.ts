import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundlePackage } from '../../layers/bundle';
import { builtLayer } from '../../layers/layer';
import { canLoad } from '../../layers/load';
import { dependencies } from '../../layers/sharp/package.json';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { HOST, write } from './fake-layer';

let nodeModules: string;
beforeEach(() => {
  nodeModules = join(mkdtempSync(join(tmpdir(), 'bundle-')), 'node_modules');
});
afterEach(() => rmSync(join(nodeModules, '..'), { recursive: true }));

/** Runs a program that finds packages in that folder alone, as on Lambda; returns its output. */
function run(program: string, folder: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: '/',
    env: { NODE_PATH: folder },
    encoding: 'utf8',
  });
  return stdout || stderr;
}

const PACKAGES = {
  'one/package.json': '{ "name": "one", "version": "1.0.0", "optionalDependencies": { "native": "1.0.0" } }',
  'one/index.js': `
    /*! Licence of one */
    exports.two = require('./lib/two');
    exports.three = require('three');
    try { exports.built = require(\`./build/\${process.arch}.js\`); } catch { exports.built = 'no build'; }
    exports.native = () => require('native/lib');`,
  'one/lib/two.js': 'module.exports = 2;',
  'three/package.json': '{ "name": "three", "version": "1.0.0" }',
  'three/index.js': 'module.exports = 3;',
  'native/package.json': '{ "name": "native", "version": "1.0.0" }',
  'native/lib.js': 'module.exports = __dirname;',
} as const;

test('bundles a package and its dependencies into one file, without its binaries', () => {
  write(nodeModules, PACKAGES);
  bundlePackage(nodeModules, 'one', ['build']);
  rmSync(join(nodeModules, 'three'), { recursive: true });
  rmSync(join(nodeModules, 'one/lib'), { recursive: true });

  const program = `const one = require('one'); console.log(JSON.stringify({ ...one, native: one.native() }))`;
  expect(JSON.parse(run(program, nodeModules))).toEqual({
    two: 2,
    three: 3,
    built: 'no build',
    native: join(nodeModules, 'native'),
  });
  expect(readFileSync(join(nodeModules, 'one/index.js'), 'utf8')).toContain('Licence of one');
  expect(existsSync(join(nodeModules, 'one/build'))).toBe(false);
});

test('keeps a folder that exists', () => {
  write(nodeModules, { ...PACKAGES, [`one/build/${process.arch}.js`]: 'module.exports = "built";' });
  bundlePackage(nodeModules, 'one', ['build']);
  expect(existsSync(join(nodeModules, 'one/build'))).toBe(true);
  expect(run(`console.log(require('one').built)`, nodeModules).trim()).toBe('built');
});

test('names a dependency that is missing', () => {
  const { 'three/index.js': _, ...rest } = PACKAGES;
  write(nodeModules, rest);
  expect(() => bundlePackage(nodeModules, 'one', ['build'])).toThrow(/three/);
});

requires(canLoad(HOST), 'a machine that can load its own layers').test(
  'the layer loads sharp, of the version in package.json, from one JavaScript file',
  async () => {
    await unzip(builtLayer('sharp', HOST).zip, join(nodeModules, '../opt'));
    const folder = join(nodeModules, '../opt/nodejs/node_modules');
    const program = `
    const sharp = require('sharp');
    console.log(JSON.stringify({ files: Object.keys(require.cache), versions: sharp.versions }))`;
    const { files, versions } = JSON.parse(run(program, folder)) as {
      files: string[];
      versions: { sharp: string };
    };
    const scripts = files.map(file => relative(folder, file)).filter(file => /\.[cm]?js$/.test(file));
    // The package with its binary has scripts of its own.
    expect(scripts.filter(file => !file.startsWith('@img/sharp-'))).toEqual(['sharp/dist/index.cjs']);
    expect(versions.sharp).toBe(dependencies.sharp);
  },
);
