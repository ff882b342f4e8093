import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerNames } from '../../layers/layer';
import { readManifest } from '../../layers/manifest';
import { glibcMinor, pythonVersion } from '../../layers/runtime';
import { write } from './fake-layer';

/** What a layer of Python is told by, none of which needs Python. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'requirements-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const manifest = (files: Readonly<Record<string, string>>) => {
  write(join(root, 'layer'), files);
  return readManifest(join(root, 'layer'));
};

const REQUIREMENTS = `
# What the functions import.
--index-url https://packages.example/simple
requests[socks]==2.34.2 ; python_version >= "3.9" \\
    --hash=sha256:00 \\
    --hash=sha256:01
Charset_Normalizer == 3.5.3  # of requests
`;

test('a folder with a requirements.txt is a layer for the newest Python; its package.json has the options', () => {
  expect(manifest({ 'requirements.txt': REQUIREMENTS })).toMatchObject({
    kind: 'pip',
    packages: ['requests', 'charset-normalizer'],
    runtimes: ['python3.14'],
  });
  expect(layerNames(root)).toEqual(['layer']);
  const options = '{ "layer": { "runtimes": ["python3.12"], "maxMiB": 20 } }';
  expect(manifest({ 'package.json': options })).toMatchObject({ runtimes: ['python3.12'], maxMiB: 20 });
});

test.each(['requests', 'requests>=2', 'requests==2.*', '-r other.txt', '-e .', './wheel.whl'])(
  'a line that is no version of a package is refused: %s',
  line => {
    expect(() => manifest({ 'requirements.txt': line })).toThrow(
      `Expected name==version in requirements.txt but received "${line}".`,
    );
  },
);

test('one layer does not hold packages of npm and of pip', () => {
  expect(() =>
    manifest({ 'requirements.txt': 'six==1.17.0', 'package.json': '{ "dependencies": { "a": "1" } }' }),
  ).toThrow('Expected a requirements.txt or dependencies in package.json but received both.');
});

test('wheels are for one Python', () => {
  expect(pythonVersion(['python3.14'])).toBe('3.14');
  for (const runtimes of [['python3.13', 'python3.14'], ['nodejs24.x'], []])
    expect(() => pythonVersion(runtimes)).toThrow('Expected one runtime of Python for layer.runtimes');
});

test.each([
  [['python3.11'], 26],
  [['python3.12'], 34],
  [['nodejs24.x'], 34],
])('the C library is that of the runtime: %s has glibc 2.%i', (runtimes, minor) => {
  expect(glibcMinor(runtimes)).toBe(minor);
});

test('a machine without Python builds the other layers, and says what is missing', () => {
  write(root, { 'python/requirements.txt': 'six==1.17.0', 'data/package.json': '{}', 'data/opt/model': 'x' });
  const project = join(__dirname, '../..');
  const { PYTHON: _, ...env } = process.env;
  const build = (...names: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', 'tsx', 'layers/build.ts', '--root', root, '--architecture', 'arm64', ...names],
      // No program is there but Node.
      { cwd: project, env: { ...env, PATH: root }, encoding: 'utf8' },
    );
  const sentence =
    'Layer python for arm64 was not built. Expected Python 3 with pip for requirements.txt but found none:';
  const all = build();
  expect(all).toMatchObject({ status: 0, stderr: expect.stringContaining(sentence) });
  expect(all.stderr).toMatch(/^data +arm64/m);
  expect(build('python')).toMatchObject({ status: 1, stderr: expect.stringContaining(sentence) });
});
