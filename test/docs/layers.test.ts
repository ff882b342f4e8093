import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { ARCHITECTURES, type Architecture } from '../../layers/architecture';
import { builtLayer } from '../../layers/layer';
import { startLocalCloud } from '../../local/cloud';
import { unzip } from '../../local/template/unzip';
import { requires } from '../support/requires';
import { type Block, runnableBlocks } from './page';
import { ARN, type StandIn, startStandIn } from './stand-in';

const PROJECT = join(__dirname, '../..');

/** What is not in a clone of the repository; the packages are, but by a link, and layers that are up to date are not built anew. */
const NOT_CLONED = /(^|[\\/])(node_modules|cdk\.out|\.git|\.local|\.venv)$/;

/** The page's commands run in a copy of this project. */
let clone: string;
let aws: StandIn;
/** What became of each block, by its line, and what was asked of AWS: each may need what others before it made. */
const followed = new Map<number, unknown>();
let requests: StandIn['requests'];

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'docs-'));
  cpSync(PROJECT, clone, { recursive: true, filter: path => !NOT_CLONED.test(relative(PROJECT, path)) });
  symlinkSync(join(PROJECT, 'node_modules'), join(clone, 'node_modules'));
  aws = await startStandIn();
  for (const block of BLOCKS.filter(({ needs }) => needs.every(has))) {
    followed.set(
      block.line,
      await follow(block).then(
        () => 'done',
        error => error,
      ),
    );
  }
  requests = aws.requests.splice(0);
}, 240_000);
afterAll(async () => {
  await aws.stop();
  rmSync(clone, { recursive: true, force: true });
});

/** Those of the page that can be run, and the programs that each needs. */
const BLOCKS = runnableBlocks('layers.md').map(block => ({
  ...block,
  needs: block.language === 'bash' ? block.words : [],
}));

/** Whether this machine has a program; the AWS CLI is tested where it is asked for. */
function has(command: string): boolean {
  if (command === 'aws' && process.env.MINIATURAS_AWS_CLI === undefined) return false;
  return spawnSync('bash', ['-c', `command -v ${command}`]).status === 0;
}

async function run(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const [program = '', ...args] = command;
  await promisify(execFile)(program, args, { cwd: clone, env: { ...process.env, ...environment } });
}

async function follow({ language, words, code }: Block): Promise<void> {
  if (language === 'bash') {
    await run(['bash', '-euo', 'pipefail', '-c', code], {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: aws.endpoint,
    });
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
const withAws = requires(has('aws'), 'MINIATURAS_AWS_CLI (its program)');

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

  withAws.test('the AWS CLI understands its commands as they are meant', () => {
    const layer = (name: string) => `POST /2018-10-31/layers/${name}/versions`;
    const attach = 'PUT /2015-03-31/functions/my-function/configuration';
    expect(requests.filter(({ operation }) => !operation.includes('requests'))).toEqual([
      {
        operation: layer('http'),
        body: {
          CompatibleArchitectures: ['arm64'],
          CompatibleRuntimes: ['nodejs24.x'],
          Content: { ZipFile: readFileSync(inClone('by-hand/http.zip')).toString('base64') },
        },
      },
      { operation: attach, body: { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:http:1'] } },
      { operation: 'AmazonSSM.GetParameter', body: { Name: '/miniaturas/layers/sharp/arm64' } },
      { operation: attach, body: { Layers: [ARN] } },
    ]);
  });

  withAws.test('so it does the commands that npm run layers:zip prints', async () => {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['run', '--silent', 'layers:zip', '--', 'http-client'],
      {
        cwd: clone,
      },
    );
    aws.requests.splice(0);
    await follow({ language: 'bash', line: 0, words: [], code: stdout });
    expect(aws.requests).toEqual(
      ARCHITECTURES.map(architecture => ({
        operation: `POST /2018-10-31/layers/http-client-${architecture}/versions`,
        body: {
          CompatibleArchitectures: [architecture],
          CompatibleRuntimes: ['nodejs24.x'],
          Content: {
            ZipFile: readFileSync(httpClientZip(architecture)).toString('base64'),
          },
        },
      })),
    );
  });
});
