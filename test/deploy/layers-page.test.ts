import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES } from '../../layers/architecture';
import { type Block, runnableBlocks } from '../docs/page';
import { startApi } from '../http-layer/api';
import { requires } from '../support/requires';
import { openPlayground, type Playground } from './playground';
import { PYTHON } from './shell';

const BLOCKS = runnableBlocks('layers.md').filter(({ language }) => language === 'bash');
const ARN = 'arn:aws:lambda:us-east-1:000000000000:layer';

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'docs/layers.md, followed on an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let api: Awaited<ReturnType<typeof startApi>>;

    beforeAll(async () => {
      [cloud, api] = [await openPlayground(), await startApi()];
    });
    afterAll(async () => {
      api?.stop();
      await cloud?.stop();
    });

    /** Runs blocks in one shell, as a reader does in one terminal. */
    function follow(blocks: readonly Pick<Block, 'code'>[], from = cloud.folder): Promise<string> {
      const code = blocks.map(block => block.code).join('\n');
      return cloud.run('bash', '-euo', 'pipefail', '-c', `cd '${from}'; export API_URL=${api.url}\n${code}`);
    }

    test('the emulator that it names is this one', () => {
      const page = readFileSync('docs/layers.md', 'utf8');
      const [pinned] = /ministack==\S+/.exec(readFileSync('test/deploy/requirements.txt', 'utf8')) ?? [];
      expect(page).toContain(`pip install ${pinned}\n`);
    });

    test('by hand: two clients in layers, two functions with each, two versions of each', async () => {
      const said = await follow(BLOCKS.filter(({ section }) => section === 'By hand'));
      const lines = said.split('\n');
      process.stdout.write(`${lines.filter(line => /^(arn:|\{"client|\w+-\w+\t)/.test(line)).join('\n')}\n`);
      expect(lines.filter(line => line.startsWith(`${ARN}:`))).toEqual([
        `${ARN}:http:1`,
        `${ARN}:requests:1`,
        `${ARN}:http:2`,
        `${ARN}:requests:2`,
      ]);
      const answer = { greeting: 'hola' };
      expect(lines.filter(line => line.startsWith('{"client"')).map(line => JSON.parse(line))).toEqual([
        { client: 'undici 8.12.3', status: 200, answer },
        { client: 'requests 2.33.1', status: 200, answer },
        { client: 'undici', status: 200 },
        { client: 'requests', status: 200 },
        { client: 'undici 8.12.4', status: 200, answer },
        { client: 'requests 2.34.2', status: 200, answer },
      ]);
      expect(lines.filter(line => line.includes('\t'))).toEqual([
        `ask-node\t${ARN}:http:2`,
        `check-node\t${ARN}:http:1`,
        `ask-python\t${ARN}:requests:2`,
        `check-python\t${ARN}:requests:1`,
      ]);
    });

    test('and nothing of it is left', async () => {
      const left = await Promise.all([
        cloud.aws('lambda', 'list-functions', '--query', 'Functions', '--output', 'json'),
        cloud.aws('lambda', 'list-layers', '--query', 'Layers', '--output', 'json'),
      ]);
      expect(left.map(answer => JSON.parse(answer))).toEqual([[], []]);
    });

    test('the commands that npm run layers:zip prints publish its zips', async () => {
      const printed = await cloud.run('npm', 'run', '--silent', 'layers:zip', '--', 'undici');
      await follow([{ code: printed.slice(printed.indexOf('aws lambda')) }], process.cwd());
      for (const architecture of ARCHITECTURES) {
        const version = ['--layer-name', `undici-${architecture}`, '--version-number', '1'];
        const answer = await cloud.aws('lambda', 'get-layer-version', ...version, '--output', 'json');
        expect(JSON.parse(answer)).toMatchObject({
          LayerVersionArn: `${ARN}:undici-${architecture}:1`,
          CompatibleRuntimes: ['nodejs24.x'],
          CompatibleArchitectures: [architecture],
        });
      }
    });

    test('a function of somebody else’s gets the layer that the parameter names', async () => {
      const newest = `${ARN}:undici-arm64:1`;
      await cloud.aws(
        'ssm',
        'put-parameter',
        '--name',
        '/miniaturas/layers/sharp/arm64',
        '--type',
        'String',
        '--value',
        newest,
      );
      const code = join(cloud.folder, 'my-function');
      mkdirSync(code);
      await follow([{ code: MY_FUNCTION }], code);
      const [block, ...others] = BLOCKS.filter(({ section }) => section === 'Other stacks');
      expect(others).toEqual([]);
      await follow([block as Block]);
      const query = ['--query', 'Layers[].Arn', '--output', 'json'];
      const layers = await cloud.aws(
        ...['lambda', 'get-function-configuration', '--function-name', 'my-function', ...query],
      );
      expect(JSON.parse(layers)).toEqual([newest]);
    });
  },
);

const MY_FUNCTION = `
  role=$(aws iam create-role --role-name mine --query Role.Arn --output text --assume-role-policy-document \
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}')
  echo 'exports.handler = async () => {};' > index.js
  zip -q code.zip index.js
  aws lambda create-function --function-name my-function --runtime nodejs24.x --handler index.handler \
    --role "$role" --zip-file fileb://code.zip
`;
