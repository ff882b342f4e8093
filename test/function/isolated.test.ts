import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { isolatedRender } from '../../lambda/thumbnail/isolated';

const folder = mkdtempSync(join(tmpdir(), 'miniaturas-isolated-'));
const script = join(folder, 'renderer.js');
afterAll(() => rmSync(folder, { recursive: true }));

/** A renderer whose bytes say how it ends, bundled as the function is. */
beforeAll(() => {
  const entry = join(folder, 'renderer.ts');
  writeFileSync(
    entry,
    `import { serveRender } from ${JSON.stringify(resolve('lambda/thumbnail/isolated'))};
     serveRender(async source => {
       const how = new TextDecoder().decode(source);
       if (how === 'abort') process.abort();
       if (how === 'exit') process.exit(3);
       if (how === 'throw') throw new Error('no luck');
       return { kind: 'rejected', reason: 'unsupported', detail: how + process.env.EXTRA };
     });`,
  );
  buildSync({ entryPoints: [entry], outfile: script, bundle: true, platform: 'node', format: 'cjs' });
});

const render = (how: string) =>
  isolatedRender(script, { EXTRA: ' and more' })(new TextEncoder().encode(how), []);

test('the rendering comes back from the other process', async () => {
  expect(await render('fine')).toEqual({ kind: 'rejected', reason: 'unsupported', detail: 'fine and more' });
});

test('an error there is an error here', async () => {
  await expect(render('throw')).rejects.toThrow('no luck');
});

test.each([
  ['abort', 'SIGABRT'],
  ['exit', 'exit code 3'],
])('a process that ends by %s rejects the source and says how', async (how, ending) => {
  expect(await render(how)).toEqual({
    kind: 'rejected',
    reason: 'damaged',
    detail: `Decoding the source ends the process (${ending}), alone and more than once.`,
  });
});
