import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildLayer } from '../../layers/build-layer';
import { buildFolder, builtLayer } from '../../layers/layer';
import { canLoad } from '../../layers/load';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { type FakeLayer, HOST, makeFakeLayer, TINY, write } from './fake-layer';

describe('buildLayer', () => {
  const npmBefore = process.env.npm_execpath;
  const loading = requires(canLoad(HOST), 'a machine that can load its own layers');

  let fake: FakeLayer;

  beforeEach(() => {
    fake = makeFakeLayer();
    process.env.npm_execpath = fake.npm;
  });
  afterEach(() => {
    rmSync(dirname(fake.root), { recursive: true });
    if (npmBefore === undefined) delete process.env.npm_execpath;
    else process.env.npm_execpath = npmBefore;
  });

  const npmRuns = () => readFileSync(fake.npmLog, 'utf8').trim().split('\n');
  const folders = () => readdirSync(fake.layer.builds).sort();
  const built = () => builtLayer('tiny', HOST, fake.root);
  const NOT_BUILT = `Layer tiny for ${HOST} is not built, or out of date: run \`npm run layers\`.`;

  /** Unpacks what would be deployed. */
  async function unpacked(): Promise<string> {
    const opt = join(fake.root, 'opt');
    await unzip(built().zip, opt);
    return opt;
  }

  /** Builds the layer in a process of its own; resolves with how that ended. */
  async function buildElsewhere(): Promise<number | NodeJS.Signals> {
    const script = `require('./layers/build-layer').buildLayer(${JSON.stringify(fake.layer)})`;
    const env = { ...process.env, npm_execpath: fake.npm };
    const builder = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], { stdio: 'ignore', env });
    const [code, signal] = await once(builder, 'exit');
    return signal ?? code;
  }

  it('installs for Lambda, whatever this host is', async () => {
    expect(buildLayer(fake.layer)).toMatchObject({ packages: 1, wasUpToDate: false });
    const cpu = HOST === 'arm64' ? 'arm64' : 'x64';
    expect(npmRuns()).toEqual([
      expect.stringContaining(`ci --os=linux --cpu=${cpu} --libc=glibc --include=optional`),
    ]);
    expect(readdirSync(join(await unpacked(), 'nodejs'))).toEqual(['node_modules']);
    expect(folders()).toEqual([basename(buildFolder(fake.layer))]);
  });

  it('does nothing if nothing has changed', () => {
    const { wasUpToDate, ...first } = buildLayer(fake.layer);
    expect(buildLayer(fake.layer)).toEqual({ ...first, wasUpToDate: true });
    expect(built()).toEqual(first);
    expect(npmRuns()).toHaveLength(1);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['package.json', { 'package.json': '{"dependencies":{"tiny":"1"}}' }],
    ['lockfile', { 'package-lock.json': '{"new":true}' }],
    ['opt', { 'opt/model.txt': 'other' }],
  ])('builds again if %s has changed, and not if that is undone', (_, files) => {
    const before = Object.fromEntries(
      ['package.json', 'package-lock.json'].map(name => [
        name,
        readFileSync(join(fake.layer.source, name), 'utf8'),
      ]),
    );
    buildLayer(fake.layer);
    write(fake.layer.source, files);
    expect(built).toThrow(NOT_BUILT);
    expect(buildLayer(fake.layer).wasUpToDate).toBe(false);
    expect(npmRuns()).toHaveLength(2);

    rmSync(join(fake.layer.source, 'opt'), { recursive: true, force: true });
    write(fake.layer.source, before);
    expect(buildLayer(fake.layer).wasUpToDate).toBe(true);
  });

  it('refuses to name a build by files that changed meanwhile', () => {
    const file = JSON.stringify(join(fake.layer.source, 'package.json'));
    fake.npmDoes(TINY, `writeFileSync(${file}, '{"dependencies":{"tiny":"1"}}');`);
    expect(() => buildLayer(fake.layer)).toThrow('Its files changed meanwhile: run `npm run layers` again.');
    expect(folders()).toEqual([]);
  });

  it('puts the files of opt where a function finds them in /opt', async () => {
    write(fake.layer.source, { 'opt/bin/start': '#!/bin/sh\nexec "$@"\n', 'opt/model.txt': 'weights' });
    chmodSync(join(fake.layer.source, 'opt/model.txt'), 0o600);
    buildLayer(fake.layer);
    const opt = await unpacked();
    expect(readdirSync(opt)).toEqual(['bin', 'model.txt', 'nodejs']);
    expect(readFileSync(join(opt, 'model.txt'), 'utf8')).toBe('weights');
    const mode = (path: string) => statSync(join(opt, path)).mode & 0o777;
    expect(['bin/start', 'model.txt'].map(mode)).toEqual([0o755, 0o644]);
  });

  it('needs no npm and no lockfile for a layer without packages', () => {
    write(fake.layer.source, { 'package.json': '{}', 'opt/model.txt': 'weights' });
    rmSync(join(fake.layer.source, 'package-lock.json'));
    expect(buildLayer(fake.layer)).toMatchObject({ packages: 0, bytes: 7 });
    expect(buildLayer(fake.layer).wasUpToDate).toBe(true);
    expect(existsSync(fake.npmLog)).toBe(false);
  });

  describe('leaves nothing behind', () => {
    afterEach(() => {
      expect(folders()).toEqual([]);
      expect(built).toThrow(NOT_BUILT);
    });

    it('if opt has a link out of the layer', () => {
      write(fake.layer.source, { 'opt/x': '' });
      symlinkSync('/etc', join(fake.layer.source, 'opt/etc'));
      expect(() => buildLayer(fake.layer)).toThrow('etc is a link that leads out of the layer, to /etc.');
    });

    it('if npm fails, and says why and what to do', () => {
      fake.npmDoes({}, `console.error('npm error code ENOTFOUND'); process.exit(3);`);
      expect(() => buildLayer(fake.layer)).toThrow(
        'npm ci failed (exit code 3):\n  npm error code ENOTFOUND\nCheck that this machine reaches the npm registry',
      );
    });

    it('if the packages are not fit for Lambda', () => {
      fake.npmDoes({ ...TINY, 'node_modules/@aws-sdk/client-s3/package.json': '{}' });
      expect(() => buildLayer(fake.layer)).toThrow('would hide the AWS SDK');
    });

    loading.test('if a package does not load', () => {
      fake.npmDoes({ ...TINY, 'node_modules/tiny/index.js': 'throw new TypeError("no");' });
      expect(() => buildLayer(fake.layer)).toThrow('Package tiny does not load: TypeError: no.');
    });

    loading.test('if a package loads only because of what this project has', () => {
      write(dirname(fake.root), { 'node_modules/other/index.js': '' });
      fake.npmDoes({ ...TINY, 'node_modules/tiny/index.js': 'require("other");' });
      expect(() => buildLayer(fake.layer)).toThrow('Package tiny does not load: Error: the layer lacks');
    });
  });

  it('builds anew after it was killed', async () => {
    fake.npmDoes(TINY, `process.kill(process.ppid, 'SIGKILL');`);
    expect(await buildElsewhere()).toBe('SIGKILL');
    expect(built).toThrow(NOT_BUILT);

    fake.npmDoes(TINY);
    expect(buildLayer(fake.layer).wasUpToDate).toBe(false);
    expect(existsSync(built().zip)).toBe(true);
  });

  it('removes builds and staging folders that have not been used for an hour, and no others', () => {
    const { zip: older } = buildLayer(fake.layer);
    const others = ['.staging-killed', '.staging-running', '0123456789abcdef'].map(one =>
      join(fake.layer.builds, one),
    );
    for (const folder of others) mkdirSync(folder);
    for (const folder of [dirname(older), ...others]) {
      if (!folder.endsWith('running')) utimesSync(folder, 0, 0);
    }
    // Used again: another process may be about to read it.
    buildLayer(fake.layer);

    write(fake.layer.source, { 'package-lock.json': '{"new":true}' });
    const { zip: newer } = buildLayer(fake.layer);
    expect(folders()).toEqual(
      ['.staging-running', ...[older, newer].map(zip => basename(dirname(zip)))].sort(),
    );
    expect(existsSync(older)).toBe(true);
  });

  it('may run many times at once', async () => {
    const ends = await Promise.all(Array.from({ length: 5 }, buildElsewhere));
    expect(ends).toEqual([0, 0, 0, 0, 0]);
    expect(buildLayer(fake.layer).wasUpToDate).toBe(true);
    expect(folders()).toEqual([basename(buildFolder(fake.layer))]);
  });
});
