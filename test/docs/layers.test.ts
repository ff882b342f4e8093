import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Architecture } from '../../layers/architecture';
import { builtLayer } from '../../layers/layer';
import { startLocalCloud } from '../../local/cloud';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { type Block, runnableBlocks } from './page';

const PROJECT = join(__dirname, '../..');

/** What is not in a clone of the repository; the packages are, but by a link, and layers that are up to date are not built anew. */
const NOT_CLONED = /(^|[\\/])(node_modules|by-hand|cdk\.out|\.git|\.local|\.venv)$/;

/** The page's commands run in a copy of this project. */
let clone: string;
/** What became of each block, by its line: each may need what others before it made. */
const followed = new Map<number, unknown>();

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'docs-'));
  cpSync(PROJECT, clone, { recursive: true, filter: path => !NOT_CLONED.test(relative(PROJECT, path)) });
  symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
  for (const block of BLOCKS.filter(({ needs }) => needs.every(has))) {
    followed.set(
      block.line,
      await follow(block).then(
        () => 'done',
        error => error,
      ),
    );
  }
}, 240_000);
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Those of the page that need no AWS (test/deploy follows the others), and the programs that each needs. */
const BLOCKS = runnableBlocks('layers.md')
  .filter(({ words }) => !words.includes('aws'))
  .map(block => ({ ...block, needs: block.language === 'bash' ? block.words : [] }));

/** Whether this machine has a program. */
function has(command: string): boolean {
  return spawnSync('bash', ['-c', `command -v ${command}`]).status === 0;
}

async function run(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [program = '', ...args] = command;
  await promisify(execFile)(program, args, { cwd: clone, env: { ...process.env, ...environment } });
}

async function follow({ language, words, code }: Block): Promise<void> {
  if (language === 'bash') {
    await run(['bash', '-euo', 'pipefail', '-c', code]);
    return;
  }
  const [file = ''] = words;
  writeFileSync(inClone(file), code);
  // As the CDK CLI runs an app.
  await run([process.execPath, '--import', 'tsx', file], { CDK_OUTDIR: inClone(`${file}.out`) });
}

const inClone = (path: string) => join(clone, path);
interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties?: { readonly Layers?: unknown[] } }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
}

const template = (path: string): Template =>
  JSON.parse(readFileSync(inClone(`${path}.template.json`), 'utf8'));
const httpClientZip = (architecture: Architecture) =>
  builtLayer('http-client', architecture, inClone('layers')).zip;

/** Whether a zip, once unpacked, has a file. */
async function holds(zip: string, file: string): Promise<boolean> {
  const folder = mkdtempSync(inClone('unpacked-'));
  await unzip(zip, folder);
  return existsSync(join(folder, file));
}

const withZip = requires(has('zip'), 'zip');
const withPip = requires(has('zip') && has('pip'), 'zip and pip');

describe('docs/layers.md, followed word for word', () => {
  for (const { line, code, needs } of BLOCKS) {
    (needs.every(has) ? test : test.skip)(`line ${line}: ${code.split('\n')[0]}`, () => {
      expect(followed.get(line)).toBe('done');
    });
  }

  withZip.test('the zip made by hand is a layer', async () => {
    expect(await holds(inClone('by-hand/http.zip'), 'nodejs/node_modules/undici/package.json')).toBe(true);
  });

  withPip.test('so is the one for Python', async () => {
    expect(await holds(inClone('by-hand/requests.zip'), 'python/requests/__init__.py')).toBe(true);
  });

  withPip.test('a requirements.txt is a layer of the project’s', async () => {
    const { zip } = builtLayer('dates', 'x86_64', inClone('layers'));
    expect(await holds(zip, 'python/dateutil/__init__.py')).toBe(true);
  });

  test('the zip of the project has the same package, and no more than runs', async () => {
    expect(await holds(httpClientZip('arm64'), 'nodejs/node_modules/undici/package.json')).toBe(true);
    expect(await holds(httpClientZip('arm64'), 'nodejs/package.json')).toBe(false);
  });

  test('two functions have one version of one layer', () => {
    const { Resources } = template('attach.ts.out/MyStack');
    const layers = Object.values(Resources).flatMap(({ Properties }) => Properties?.Layers ?? []);
    expect(layers).toEqual([{ Ref: expect.any(String) }, layers[0]]);
  });

  test('another stack has the version that SSM names', () => {
    const { Parameters, Resources } = template('elsewhere.ts.out/Elsewhere');
    const [name] = Object.entries(Parameters ?? {}).find(([, one]) => one.Default?.includes('/sharp/')) ?? [];
    expect(Parameters?.[name ?? '']?.Type).toBe('AWS::SSM::Parameter::Value<String>');
    expect(Object.values(Resources).flatMap(({ Properties }) => Properties?.Layers ?? [])).toEqual([
      { Ref: name },
    ]);
  });

  requires(process.platform !== 'win32', 'a shell for the start of the function').test(
    'a model and a default come to the function from its layers',
    async () => {
      const cloud = await startLocalCloud({
        assembly: inClone('model.ts.out'),
        data: inClone('.local'),
        port: 0,
        log: () => undefined,
      });
      try {
        expect(await cloud.invoke('model', {})).toEqual({
          kind: 'answered',
          answer: { statusCode: 200, body: 'Hello from the layer: 1000000 bytes' },
        });
      } finally {
        await cloud.stop();
      }
    },
  );
});
