/** What bundle.test.ts bundles as Lambda's functions are: renders the file named, says what read it. */
import { readFileSync } from 'node:fs';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from './variants';

async function main([file = '']: readonly string[]): Promise<void> {
  const rendering = await render(readFileSync(file), [variant()], OPTIONS);
  console.log(rendering.kind === 'rendered' ? rendering.decoder : rendering.detail);
}

main(process.argv.slice(2)).catch((error: NodeJS.ErrnoException) => console.log(error.code));
