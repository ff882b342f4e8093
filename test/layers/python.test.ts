import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type Zippable, zipSync } from 'fflate';
import { ARCHITECTURES, type Architecture } from '../../layers/architecture';
import { buildLayer } from '../../layers/build-layer';
import { listFiles } from '../../layers/files';
import { locateLayer } from '../../layers/layer';
import { canLoad } from '../../layers/load';
import { DependencyLayer } from '../../lib/dependency-layer';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { HOST, write } from './fake-layer';

const PYTHON = process.env.MINIATURAS_PYTHON;

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with pip)').describe('a layer of Python', () => {
  const before = { ...process.env };
  /** Holds the layers' folders, and a folder of wheels. */
  let root: string;
  let version: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'python-'));
    const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
    version = spawnSync(PYTHON as string, ['-c', script], { encoding: 'utf8' }).stdout.trim();
    process.env.PYTHON = PYTHON;
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    process.env = { ...before };
  });

  /** Writes a layer's folder. */
  function layer(requirements: string, runtime = `python${version}`, architecture: Architecture = HOST) {
    const options = JSON.stringify({ layer: { runtimes: [runtime] } });
    write(join(root, 'layer'), { 'requirements.txt': requirements, 'package.json': options });
    return locateLayer('layer', architecture, root);
  }

  /** Builds it, and lists the files in its zip. */
  async function built(one: ReturnType<typeof layer>) {
    const build = buildLayer(one);
    const opt = mkdtempSync(join(root, 'opt-'));
    await unzip(build.zip, opt);
    const sha256 = createHash('sha256').update(readFileSync(build.zip)).digest('hex');
    return { ...build, sha256, opt, paths: listFiles(opt).map(({ path }) => path) };
  }

  describe('from wheels of a folder', () => {
    beforeEach(() => {
      mkdirSync(join(root, 'wheels'));
      Object.assign(process.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: join(root, 'wheels') });
    });

    /** Makes a wheel that any machine takes. @returns its hash, as requirements.txt has it */
    function wheel(name: string, files: Readonly<Record<string, string | Buffer>>, needs = ''): string {
      const info = `${name}-1.0.dist-info`;
      const all: Readonly<Record<string, string | Buffer>> = {
        ...files,
        [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${needs}`,
        [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
        [`${info}/entry_points.txt`]: `[console_scripts]\n${name} = ${name}:main\n`,
        [`${info}/LICENSE`]: 'Use it.',
        [`${info}/RECORD`]: '',
      };
      const zippable: Zippable = Object.fromEntries(
        Object.entries(all).map(([path, content]) => [path, new Uint8Array(Buffer.from(content))]),
      );
      const bytes = zipSync(zippable);
      writeFileSync(join(root, 'wheels', `${name}-1.0-py3-none-any.whl`), bytes);
      return `--hash=sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    }

    it('holds what runs, with metadata and licences, at the same path for both CPUs', async () => {
      wheel('tiny', {
        'tiny/__init__.py': 'def main(): pass',
        'tiny/__init__.pyi': '',
        'tiny/tests/test_tiny.py': 'raise SystemExit',
        'tiny/test.py': '',
      });
      const info = 'python/tiny-1.0.dist-info';
      for (const architecture of ARCHITECTURES) {
        expect(await built(layer('tiny==1.0', undefined, architecture))).toMatchObject({
          packages: 1,
          paths: [
            'python/tiny/__init__.py',
            'python/tiny/test.py',
            `${info}/LICENSE`,
            `${info}/METADATA`,
            `${info}/entry_points.txt`,
          ].sort(),
        });
      }
    });

    it('is imported where a Python of its version is, and says so where none is', () => {
      wheel('tiny', { 'tiny.py': 'print("hello")' });
      expect(buildLayer(layer('tiny==1.0')).notLoaded).toBe(
        canLoad(HOST) ? undefined : `there is no Python ${version} for Linux on ${HOST}`,
      );
      expect(buildLayer(layer('tiny==1.0', 'python3.8')).notLoaded).toBe(
        `there is no Python 3.8 for Linux on ${HOST}`,
      );
    });

    (canLoad(HOST) ? it : it.skip)('is refused if a module does not load', () => {
      // The venv has boto3; the layer has not.
      wheel('tiny', { 'tiny.py': 'import boto3' });
      expect(() => buildLayer(layer('tiny==1.0'))).toThrow(
        "Module tiny does not load: ModuleNotFoundError: No module named 'boto3'.",
      );
    });

    it('is refused with a binary for another CPU', () => {
      const elf = Buffer.alloc(64);
      elf.write('\x7fELF\x02\x01\x01', 'latin1');
      elf.writeUInt16LE(0x3e, 18);
      wheel('tiny', { 'tiny/__init__.py': '', 'tiny/native.so': elf });
      expect(() => buildLayer(layer('tiny==1.0', undefined, 'arm64'))).toThrow(
        'python/tiny/native.so is built for x86_64; the layer is for arm64.',
      );
    });

    it('names each package that is not pinned', () => {
      wheel('tiny', { 'tiny.py': '' }, 'Requires-Dist: other\n');
      wheel('other', { 'other.py': '' });
      expect(() => buildLayer(layer('tiny==1.0'))).toThrow(
        'Package other is in the layer but not in requirements.txt: add other==1.0 there.',
      );
      expect(buildLayer(layer('tiny==1.0\nother==1.0')).packages).toBe(2);
    });

    it('honours hashes', () => {
      const hash = wheel('tiny', { 'tiny.py': '' });
      expect(buildLayer(layer(`tiny==1.0 \\\n  ${hash}`)).packages).toBe(1);
      expect(() => buildLayer(layer(`tiny==1.0 --hash=sha256:${'0'.repeat(64)}`))).toThrow(
        'pip failed (exit code 1):\n  ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.',
      );
    });

    it('says which wheel is missing, and for what', () => {
      expect(() => buildLayer(layer('tiny==1.0', 'python3.14', 'arm64'))).toThrow(
        'There is no wheel of tiny==1.0 for Python 3.14 on arm64 (glibc 2.34): choose another version or package.',
      );
    });

    it('has its runtime and CPU in the template', () => {
      wheel('tiny', { 'tiny.py': '' });
      buildLayer(layer('tiny==1.0', 'python3.14', 'arm64'));
      const stack = new Stack(new App(), 'Any');
      new DependencyLayer(stack, 'Layer', { name: 'layer', architecture: 'arm64', root });
      Template.fromStack(stack).hasResourceProperties('AWS::Lambda::LayerVersion', {
        CompatibleRuntimes: ['python3.14'],
        CompatibleArchitectures: ['arm64'],
      });
    });
  });

  /** ELF's e_machine. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
  const MACHINES = { arm64: 0xb7, x86_64: 0x3e } as const;

  it.each(ARCHITECTURES)(
    'with Pillow, from the index: two builds for %s are the same zip, of native code for that CPU alone',
    async architecture => {
      const builds = [];
      for (const _ of [1, 2]) {
        builds.push(await built(layer('pillow==13.0.0', 'python3.14', architecture)));
        rmSync(join(root, 'dist'), { recursive: true });
      }
      const hashes = builds.map(({ sha256 }) => sha256);
      expect(hashes[0]).toBe(hashes[1]);
      const [{ opt, paths }] = builds as [(typeof builds)[0]];
      const machines = paths
        .map(path => readFileSync(join(opt, path)))
        .filter(bytes => bytes.toString('latin1', 0, 4) === '\x7fELF')
        .map(bytes => bytes.readUInt16LE(18));
      expect(machines.length).toBeGreaterThan(10);
      expect(new Set(machines)).toEqual(new Set([MACHINES[architecture]]));
      process.stdout.write(`pillow for ${architecture}: ${machines.length} binaries, sha256 ${hashes[0]}\n`);
    },
    300_000,
  );
});
