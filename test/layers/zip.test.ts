import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFiles } from '../../layers/files';
import { builtLayer } from '../../layers/layer';
import { zipLayer } from '../../layers/zip';
import { unzip } from '../../local/template/unzip';
import { write } from './fake-layer';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PROJECT = join(__dirname, '../..');
const HTTP_LAYERS = join(PROJECT, 'examples/http-layer/layers');

/** Builds the layer `undici` of the example in a new folder, as a host with these settings would. */
function buildElsewhere(
  name: string,
  { umask, TZ, time }: { umask: number; TZ: string; time: number },
  change: (source: string) => void = () => undefined,
) {
  const root = join(folder, name);
  const source = join(root, 'undici');
  cpSync(join(HTTP_LAYERS, 'undici'), source, { recursive: true });
  for (const { path } of listFiles(source)) utimesSync(join(source, path), time, time);
  change(source);
  const script = `process.umask(${umask});
    const { locateLayer } = require('./layers/layer');
    require('./layers/build-layer').buildLayer(locateLayer('undici', 'arm64', ${JSON.stringify(root)}));`;
  const { status, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
    cwd: PROJECT,
    env: { ...process.env, TZ },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { zip, content } = builtLayer('undici', 'arm64', root);
  return { sha256: createHash('sha256').update(readFileSync(zip)).digest('hex'), content };
}

const HERE = { umask: 0o022, TZ: 'UTC', time: 1_000_000_000 };

test('the zip is the same, byte for byte, with another umask, time zone, folder and time of the files', () => {
  const first = buildElsewhere('first', HERE);
  expect(buildElsewhere('second', { umask: 0o077, TZ: 'Asia/Kathmandu', time: 1_700_000_000 })).toEqual(
    first,
  );
});

test('another version of a dependency gives another zip and another content hash', () => {
  const first = buildElsewhere('first', HERE);
  const second = buildElsewhere('second', HERE, source => {
    for (const file of ['package.json', 'package-lock.json']) {
      const path = join(source, file);
      const older = readFileSync(path, 'utf8')
        .replaceAll(/"undici": "[^"]+"/g, '"undici": "8.12.3"')
        .replace(/"version": "8[^"]+"/, '"version": "8.12.3"')
        .replace(/"integrity": "[^"]+",/, '');
      writeFileSync(path, older);
    }
  });
  expect(second.content).not.toBe(first.content);
  expect(second.sha256).not.toBe(first.sha256);
});

test('a zip has links as links, and scripts that are executable', async () => {
  const layer = join(folder, 'layer');
  write(layer, {
    'z.txt': 'last',
    'bin/start': '#!/bin/sh\n',
    'B.txt': 'capital',
    'a/library.so': '\x7fELF',
  });
  symlinkSync('start', join(layer, 'bin/run'));
  const file = join(folder, 'layer.zip');
  writeFileSync(file, zipLayer(layer));

  const out = join(folder, 'out');
  await unzip(file, out);
  expect(listFiles(out)).toEqual(listFiles(layer));
  const mode = (path: string) => statSync(join(out, path)).mode & 0o777;
  expect(['z.txt', 'bin/start', 'a/library.so'].map(mode)).toEqual([0o644, 0o755, 0o644]);
  expect(lstatSync(join(out, 'bin/run')).isSymbolicLink()).toBe(true);
  expect(readlinkSync(join(out, 'bin/run'))).toBe('start');
});
