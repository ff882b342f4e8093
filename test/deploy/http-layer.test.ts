import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApi } from '../http-layer/api';
import { HOST_ARCHITECTURE } from '../support/host';
import { requires } from '../support/requires';
import { openPlayground, type Playground } from './playground';
import { PYTHON, ROOT } from './shell';

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'examples/http-layer, deployed to an emulator made by others',
  () => {
    jest.setTimeout(240_000);
    let cloud: Playground;
    let api: Awaited<ReturnType<typeof startApi>>;

    beforeAll(async () => {
      [cloud, api] = [await openPlayground(), await startApi()];
      await cloud.cdk(['bootstrap', 'aws://000000000000/us-east-1']);
      const settings = { architecture: HOST_ARCHITECTURE, apiUrl: api.url };
      const app = join(ROOT, 'examples/http-layer');
      await cloud.cdk(['deploy', '--require-approval', 'never'], settings, app);
    });
    afterAll(async () => {
      api?.stop();
      await cloud?.stop();
    });

    test.each(['TypeScript', 'Python'])('%s answers, with its client from its layer', async language => {
      const name = (await cloud.outputs('HttpLayer'))[`${language}Name`] as string;
      const file = join(cloud.folder, 'answer.json');
      const answer = async (status: number) => {
        api.status = status;
        await cloud.aws('lambda', 'invoke', '--function-name', name, file);
        return JSON.parse(readFileSync(file, 'utf8'));
      };
      expect(await answer(200)).toEqual({ greeting: 'hola' });
      const errorMessage = `Expected status 200 from ${api.url} but received 404.`;
      expect(await answer(404)).toMatchObject({ errorMessage });
    });
  },
);
