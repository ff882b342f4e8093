/** What bundle.test.ts bundles as Lambda's functions are: renders the file named, says the decoder and what is loaded. */
import { readFileSync } from 'node:fs';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from './variants';

async function main([file = '']: readonly string[]): Promise<void> {
  const rendering = await render(readFileSync(file), [variant()], OPTIONS);
  const result = rendering.kind === 'rendered' ? rendering.decoder : rendering.detail;
  const handles = process
    .getActiveResourcesInfo()
    .filter(name => name === 'MessagePort' || name === 'Worker');
  const loaded = Object.keys(require.cache).some(path => path.includes('magick-wasm'));
  console.log(JSON.stringify({ result, loaded, handles }));
}

void main(process.argv.slice(2));
