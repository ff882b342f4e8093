/**
 * Builds the layers: `npm run layers -- [--architecture arm64|x86_64] [name…]`. Without arguments: all layers for both
 * CPUs. The CDK CLI runs it before every synth (`build` in cdk.json) and tells it nothing of the app's context, so it
 * cannot know which CPU is wanted. Layers that are up to date cost milliseconds. Where there is no Python with pip, layers
 * of Python are left out, unless they are named.
 *
 * `--root DIR` names a folder of layers, and may be repeated; without it that is the folder of this file. `--commands`
 * (`npm run layers:zip`) prints the commands that publish the zips.
 */
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './architecture';
import { buildLayer } from './build-layer';
import { type Layer, layerNames, locateLayer } from './layer';
import { publishCommand } from './publish';
import { PipMissing } from './python';
import { layerTable, type Row } from './report';

function main(): void {
  const { values, positionals } = parseArgs({
    options: {
      architecture: { type: 'string' },
      root: { type: 'string', multiple: true, default: [__dirname] },
      commands: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const known = values.root.flatMap(root => layerNames(resolve(root)).map(name => ({ name, root })));
  const names = known.map(({ name }) => name);
  for (const name of positionals) expectOneOf(names, 'layer', name);
  if (values.architecture !== undefined) expectOneOf(ARCHITECTURES, '--architecture', values.architecture);

  const architectures = ARCHITECTURES.filter(one => (values.architecture ?? one) === one);
  const layers = known
    .filter(({ name }) => positionals.length === 0 || positionals.includes(name))
    .flatMap(({ name, root }) => architectures.map(one => locateLayer(name, one, resolve(root))));
  const rows = layers.flatMap(layer => build(layer, { mayBeLeftOut: positionals.length === 0 }));
  // On stderr: `cdk synth` prints a template on stdout.
  console.error(layerTable(rows));
  if (values.commands) {
    for (const row of rows) console.log(`\n${publishCommand(row, relative(process.cwd(), row.zip))}`);
  }
}

/** Without Python the other layers are still built: whoever needs this one is told at synth. */
function build(layer: Layer, { mayBeLeftOut }: { readonly mayBeLeftOut: boolean }): Row[] {
  const started = performance.now();
  try {
    const { wasUpToDate, notLoaded, ...built } = buildLayer(layer);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const state = wasUpToDate ? 'up to date' : `built in ${seconds} s`;
    return [{ ...built, state: notLoaded ? `${state}, not loaded: ${notLoaded}` : state }];
  } catch (cause) {
    const { name, architecture } = layer;
    const sentence = `Layer ${name} for ${architecture} was not built. ${(cause as Error).message}`;
    if (!(mayBeLeftOut && cause instanceof PipMissing)) throw new Error(sentence, { cause });
    console.error(sentence);
    return [];
  }
}

function expectOneOf(choices: readonly string[], path: string, value: string): void {
  if (!choices.includes(value)) {
    throw new Error(`Expected one of ${choices.join(', ')} for ${path} but received ${value}.`);
  }
}

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
