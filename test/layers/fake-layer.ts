import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Layer, locateLayer } from '../../layers/layer';
import { HOST_ARCHITECTURE } from '../support/host';

/** A layer for this CPU is also loaded when it is built. */
export const HOST = HOST_ARCHITECTURE;

/** A layer `tiny` in a folder of its own, and the npm that installs it. */
export interface FakeLayer {
  readonly root: string;
  readonly layer: Layer;
  /** A line for each run of npm. */
  readonly npmLog: string;
  /** Path for `npm_execpath`. */
  readonly npm: string;
  /** Sets what npm does: makes these files in its folder, then runs this code. */
  npmDoes(files: Readonly<Record<string, string>>, code?: string): void;
}

export const TINY = {
  'node_modules/tiny/package.json': '{ "name": "tiny", "version": "1.0.0" }',
  'node_modules/tiny/index.js': 'module.exports = 1;',
  'node_modules/tiny/LICENSE': 'Use it.',
} as const;

export function makeFakeLayer(): FakeLayer {
  const project = mkdtempSync(join(tmpdir(), 'layers-'));
  const root = join(project, 'layers');
  const npmLog = join(project, 'npm.log');
  const npm = join(project, 'npm-cli.js');
  const layer = locateLayer('tiny', HOST, root);
  write(layer.source, {
    'package.json': JSON.stringify({ dependencies: { tiny: '1.0.0' }, layer: { maxMiB: 1 } }),
    'package-lock.json': '{}',
  });
  const npmDoes: FakeLayer['npmDoes'] = (files, code = '') =>
    writeFileSync(
      npm,
      `const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
       appendFileSync(${JSON.stringify(npmLog)}, process.argv.slice(2).join(' ') + '\\n');
       for (const [path, content] of Object.entries(${JSON.stringify(files)})) {
         mkdirSync(require('node:path').dirname(path), { recursive: true });
         writeFileSync(path, content);
       }
       ${code}`,
    );
  npmDoes(TINY);
  return { root, layer, npmLog, npm, npmDoes };
}

/** Writes files below a folder, making the folders that they need. */
export function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
