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
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { canLoad } from '../../layers/load';
import { makeLayer } from '../../layers/make';
import { layerDirectory } from '../../layers/paths';
import { type FakeLayer, HOST, makeFakeLayer, TINY, write } from './fake-layer';

describe('makeLayer', () => {
  const npmBefore = process.env.npm_execpath;
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
  const dist = () => readdirSync(join(fake.root, 'dist')).sort();
  const deployable = () => layerDirectory('tiny', HOST, fake.root);

  /** Makes the layer in a process of its own; resolves with how that ended. */
  async function makeElsewhere(): Promise<number | NodeJS.Signals> {
    const script = `require('./layers/make').makeLayer(${JSON.stringify(fake.layer)})`;
    const env = { ...process.env, npm_execpath: fake.npm };
    const builder = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], { stdio: 'ignore', env });
    const [code, signal] = await once(builder, 'exit');
    return signal ?? code;
  }

  it('installs for Lambda, whatever this host is', () => {
    expect(makeLayer(fake.layer)).toMatchObject({ packages: 1, wasUpToDate: false });
    const cpu = HOST === 'arm64' ? 'arm64' : 'x64';
    expect(npmRuns()).toEqual([
      expect.stringContaining(`ci --os=linux --cpu=${cpu} --libc=glibc --include=optional`),
    ]);
    expect(readdirSync(join(deployable(), 'nodejs'))).toEqual(['node_modules']);
    expect(dist()).toEqual([`tiny-${HOST}`, `tiny-${HOST}.json`, `tiny-${HOST}.zip`]);
  });

  it('does nothing when nothing has changed', () => {
    const { wasUpToDate, ...stamp } = makeLayer(fake.layer);
    expect(makeLayer(fake.layer)).toEqual({ ...stamp, wasUpToDate: true });
    expect(npmRuns()).toHaveLength(1);
  });

  it.each<[string, (layer: FakeLayer['layer']) => void]>([
    [
      'its package.json changed',
      ({ source }) => write(source, { 'package.json': '{"dependencies":{"tiny":"1"}}' }),
    ],
    ['its lockfile changed', ({ source }) => write(source, { 'package-lock.json': '{"new":true}' })],
    ['it lost a file', ({ directory }) => rmSync(join(directory, 'nodejs/node_modules/tiny/index.js'))],
    [
      'it was cut short',
      ({ directory }) => writeFileSync(join(directory, 'nodejs/node_modules/tiny/index.js'), ''),
    ],
    ['it has a file too many', ({ directory }) => write(directory, { 'nodejs/more.js': '' })],
    ['its folder is gone', ({ directory }) => rmSync(directory, { recursive: true })],
    ['its stamp is gone', ({ stamp }) => rmSync(stamp)],
    ['its zip is gone', ({ zip }) => rmSync(zip)],
    ['its zip was cut short', ({ zip }) => writeFileSync(zip, '')],
    ['a file of opt changed', ({ source }) => write(source, { 'opt/model.txt': 'other' })],
    ['its stamp was cut short', ({ stamp }) => writeFileSync(stamp, '')],
  ])('makes it again when %s', (_, change) => {
    makeLayer(fake.layer);
    change(fake.layer);
    expect(deployable).toThrow(
      `Layer tiny for ${HOST} is not built, or out of date: run \`npm run layers\`.`,
    );
    expect(makeLayer(fake.layer).wasUpToDate).toBe(false);
    expect(readFileSync(join(deployable(), 'nodejs/node_modules/tiny/index.js'), 'utf8')).not.toBe('');
    expect(dist()).toEqual([`tiny-${HOST}`, `tiny-${HOST}.json`, `tiny-${HOST}.zip`]);
  });

  it('puts the files of opt where a function finds them in /opt', () => {
    write(fake.layer.source, { 'opt/bin/start': '#!/bin/sh\nexec "$@"\n', 'opt/model.txt': 'weights' });
    chmodSync(join(fake.layer.source, 'opt/model.txt'), 0o600);
    makeLayer(fake.layer);
    expect(readdirSync(deployable())).toEqual(['bin', 'model.txt', 'nodejs']);
    expect(readFileSync(join(deployable(), 'model.txt'), 'utf8')).toBe('weights');
    const mode = (path: string) => statSync(join(deployable(), path)).mode & 0o777;
    expect(['bin', 'bin/start', 'model.txt'].map(mode)).toEqual([0o755, 0o755, 0o644]);
  });

  it('needs no npm and no lockfile for a layer that has no packages', () => {
    write(fake.layer.source, { 'package.json': '{}', 'opt/model.txt': 'weights' });
    rmSync(join(fake.layer.source, 'package-lock.json'));
    expect(makeLayer(fake.layer)).toMatchObject({ packages: 0, bytes: 7 });
    expect(makeLayer(fake.layer).wasUpToDate).toBe(true);
    expect(existsSync(fake.npmLog)).toBe(false);
  });

  it('keeps to itself a layer whose opt is unsound', () => {
    write(fake.layer.source, { 'opt/x': '' });
    symlinkSync('/etc', join(fake.layer.source, 'opt/etc'));
    expect(() => makeLayer(fake.layer)).toThrow('etc is a link that leads out of the layer, to /etc.');
    expect(dist()).toEqual([]);
  });

  it('says what npm said and what to do, and leaves nothing behind', () => {
    fake.npmDoes({}, `console.error('npm error code ENOTFOUND'); process.exit(3);`);
    expect(() => makeLayer(fake.layer)).toThrow(
      'npm ci failed (exit code 3):\n  npm error code ENOTFOUND\nCheck that this machine reaches the npm registry',
    );
    expect(dist()).toEqual([]);
  });

  it('keeps an unsound layer to itself', () => {
    fake.npmDoes({ ...TINY, 'node_modules/@aws-sdk/client-s3/package.json': '{}' });
    expect(() => makeLayer(fake.layer)).toThrow('would hide the AWS SDK');
    expect(dist()).toEqual([]);
  });

  (canLoad(HOST) ? describe : describe.skip)('on a host that can run it', () => {
    it('refuses a layer that does not load', () => {
      fake.npmDoes({ ...TINY, 'node_modules/tiny/index.js': 'throw new TypeError("no");' });
      expect(() => makeLayer(fake.layer)).toThrow('Package tiny does not load: TypeError: no.');
    });

    it('refuses a layer that loads only because of what this project has', () => {
      write(dirname(fake.root), { 'node_modules/other/index.js': '' });
      fake.npmDoes({ ...TINY, 'node_modules/tiny/index.js': 'require("other");' });
      expect(() => makeLayer(fake.layer)).toThrow('Package tiny does not load: Error: the layer lacks');
    });
  });

  it('survives being killed in the middle', async () => {
    fake.npmDoes(TINY, `process.kill(process.ppid, 'SIGKILL');`);
    expect(await makeElsewhere()).toBe('SIGKILL');
    expect(deployable).toThrow('is not built');

    fake.npmDoes(TINY);
    makeLayer(fake.layer);
    expect(existsSync(deployable())).toBe(true);
  });

  it('clears away what killed builds left, but not what others are building', () => {
    const left = join(fake.root, 'dist', '.building-left');
    const used = join(fake.root, 'dist', '.building-used');
    for (const workshop of [left, used]) mkdirSync(workshop, { recursive: true });
    utimesSync(left, 0, 0);
    makeLayer(fake.layer);
    expect(existsSync(left)).toBe(false);
    expect(existsSync(used)).toBe(true);
  });

  it('may run many times at once', async () => {
    const ends = await Promise.all(Array.from({ length: 5 }, makeElsewhere));
    expect(ends).toEqual([0, 0, 0, 0, 0]);
    expect(makeLayer(fake.layer).wasUpToDate).toBe(true);
    expect(dist()).toEqual([`tiny-${HOST}`, `tiny-${HOST}.json`, `tiny-${HOST}.zip`]);
  });
});
