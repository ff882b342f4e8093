import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { ARCHITECTURES, type Architecture } from '../../layers/architecture';
import { listFiles } from '../../layers/files';
import { builtLayer, layerNames, locateLayer } from '../../layers/layer';
import { canLoad } from '../../layers/load';
import { readManifest } from '../../layers/manifest';
import { verify } from '../../layers/verify';
import { unzip } from '../../local/template/unzip';
import root from '../../package.json';
import { requires } from '../support/requires';
import { HOST } from './fake-layer';

const PROJECT = join(__dirname, '..', '..');

/** Runs the build as the CDK CLI does, but without npx. */
function build(...args: string[]) {
  const tsx = join(PROJECT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, 'layers/build.ts', ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return { status, stdout, lines: stderr.trim().split('\n') };
}

describe('npm run layers', () => {
  const layers = layerNames().flatMap(name =>
    ARCHITECTURES.map(architecture => locateLayer(name, architecture)),
  );

  /** The layers, unpacked. */
  let folder: string;
  const opt = (name: string, architecture: Architecture) => join(folder, `${name}-${architecture}`);

  /** The cells of the table, the line of titles first. */
  const cells = (lines: readonly string[]) => lines.map(line => line.split(/ {2,}/));

  beforeAll(async () => {
    expect(build()).toMatchObject({ status: 0, stdout: '' });
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'layers-')));
    for (const { name, architecture } of layers) {
      await unzip(builtLayer(name, architecture).zip, opt(name, architecture));
    }
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('builds nothing the second time, and prints a line for each layer', () => {
    const { lines } = build();
    const mb = expect.stringMatching(/^[\d.]+ MB$/);
    const percent = expect.stringMatching(/^[\d.]+ %$/);
    const hash = expect.stringMatching(/^[0-9a-f]{12}$/);
    expect(cells(lines)).toEqual([
      ['layer', 'architecture', 'packages', 'unzipped', 'of 250 MB', 'zipped', 'content', 'state'],
      ...layers.map(({ name, architecture }) => [
        name,
        architecture,
        expect.stringMatching(/^\d+$/),
        mb,
        percent,
        mb,
        hash,
        'up to date',
      ]),
    ]);
  });

  it('builds the named layers of the named folders for the named CPU', () => {
    const roots = ['--root', 'layers', '--root', 'examples/http-layer/layers'];
    const { lines } = build(...roots, '--architecture', 'arm64', 'undici');
    expect(cells(lines).map(line => line.slice(0, 3))).toEqual([
      ['layer', 'architecture', 'packages'],
      ['undici', 'arm64', '1'],
    ]);
  });

  it.each(layers)(
    'zips a layer $name for $architecture that passes verify',
    ({ name, architecture, source }) => {
      expect(verify(opt(name, architecture), architecture, readManifest(source))).toEqual([]);
    },
  );

  it.each([
    { architecture: 'arm64', machine: 'b700' },
    { architecture: 'x86_64', machine: '3e00' },
  ] as const)("gives sharp's binaries the CPU of $architecture", ({ architecture, machine }) => {
    const directory = opt('sharp', architecture);
    const binaries = listFiles(directory).filter(({ path }) => /\.(node|so[.\d]*)$/.test(path));
    const machines = binaries.map(({ path }) =>
      readFileSync(join(directory, path)).subarray(18, 20).toString('hex'),
    );
    expect(machines).toEqual([machine, machine]);
  });

  requires(canLoad(HOST), 'a machine that can load its own layers').describe('gives a function', () => {
    /** Runs a script that has this layer and no other packages; returns its output. */
    function run(layer: string, script: string) {
      const nodeModules = join(opt(layer, HOST), 'nodejs', 'node_modules');
      const { stdout } = spawnSync(process.execPath, ['-e', script], {
        // Not in this project: it has a sharp of its own.
        cwd: '/',
        env: { NODE_PATH: nodeModules },
        encoding: 'utf8',
      });
      return stdout.replace(nodeModules + sep, '');
    }

    it('a sharp that makes a JPEG', () => {
      const script = `
        const sharp = require('sharp');
        const red = { create: { width: 8, height: 4, channels: 3, background: 'red' } };
        sharp(red).jpeg().toBuffer().then(jpeg => console.log(require.resolve('sharp'), jpeg.toString('hex', 0, 3)));
      `;
      expect(run('sharp', script)).toBe('sharp/dist/index.cjs ffd8ff\n');
    });

    it('an ImageMagick that makes a JPEG', () => {
      const script = `
        const { ImageMagick, initializeImageMagick, MagickColor, MagickFormat } = require('@imagemagick/magick-wasm');
        const wasm = require.resolve('@imagemagick/magick-wasm/magick.wasm');
        initializeImageMagick(require('node:fs').readFileSync(wasm)).then(() =>
          ImageMagick.read(new MagickColor('red'), 8, 4, image =>
            image.write(MagickFormat.Jpeg, jpeg => console.log(wasm, Buffer.from(jpeg).toString('hex', 0, 3)))));
      `;
      expect(run('magick', script)).toBe('@imagemagick/magick-wasm/dist/x86/magick.wasm ffd8ff\n');
    });
  });

  it.each([
    [['--architecture', 'x64'], 'Expected one of arm64, x86_64 for --architecture but received x64.'],
    [['shap'], `Expected one of ${layerNames().join(', ')} for layer but received shap.`],
  ])('refuses %j', (args, message) => {
    expect(build(...args)).toEqual({ status: 1, stdout: '', lines: [message] });
  });
});

/** A layer's own two files. */
function packageFiles(name: string) {
  const { source } = locateLayer(name, HOST);
  const read = (file: string) => JSON.parse(readFileSync(join(source, file), 'utf8'));
  const { dependencies } = read('package.json') as { dependencies: Record<string, string> };
  const { packages } = read('package-lock.json') as { packages: Record<string, { resolved?: string }> };
  return { dependencies, packages };
}

it.each(layerNames())('names exact versions and no registry in the package files of layer %s', name => {
  const { dependencies, packages } = packageFiles(name);
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  for (const { resolved } of Object.values(packages)) expect(resolved).toBeUndefined();
});

it('deploys the sharp that the tests use, with its binaries for both CPUs', () => {
  const { dependencies, packages } = packageFiles('sharp');
  expect(dependencies.sharp).toBe(root.devDependencies.sharp);
  for (const cpu of ['arm64', 'x64']) {
    expect(packages).toHaveProperty([`node_modules/@img/sharp-linux-${cpu}`]);
    expect(packages).toHaveProperty([`node_modules/@img/sharp-libvips-linux-${cpu}`]);
  }
});
