import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

/**
 * Puts something between the function and sharp, in the layer of a synthesized assembly.
 *
 * @param program statements that see `real` (sharp), `input` and `options` before each call, and may throw, end the process, or
 *   `return` what the function gets in sharp's place
 */
export function standInForSharp(assembly: string, program: string): void {
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'Miniaturas.template.json'), 'utf8'));
  const layer = Object.entries<{ Type: string; Properties: { Content?: { S3Key: string } } }>(Resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::LayerVersion' && id.includes('Sharp'),
  )?.[1];
  const zip = join(assembly, `asset.${layer?.Properties.Content?.S3Key}`);
  const files = unzipSync(readFileSync(zip));
  const file = (name: string) => `nodejs/node_modules/sharp/${name}`;
  const manifest = JSON.parse(strFromU8(files[file('package.json')] as Uint8Array));
  const real = `./${(manifest.main as string).replace(/^\.\//, '')}`;
  delete manifest.exports;
  files[file('package.json')] = strToU8(JSON.stringify({ ...manifest, main: './stand-in.js' }));
  files[file('stand-in.js')] = strToU8(
    `const real = require(${JSON.stringify(real)});
     module.exports = Object.assign((input, options) => { ${program}; return real(input, options); }, real);`,
  );
  writeFileSync(zip, zipSync(files, { level: 0 }));
}
