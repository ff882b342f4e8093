/**
 * Builds the layers: `npm run layers -- [--architecture arm64|x86_64] [name…]`. Without arguments: all layers for both
 * CPUs. The CDK CLI runs it before every synth (`build` in cdk.json) and tells it nothing of the app's context, so it
 * cannot know which CPU is wanted. Layers that are up to date cost milliseconds.
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
  const rows = layers.map(build);
  // On stderr: `cdk synth` prints a template on stdout.
  console.error(layerTable(rows));
  if (values.commands) {
    for (const row of rows) console.log(`\n${publishCommand(row, relative(process.cwd(), row.zip))}`);
  }
}

function build(layer: Layer): Row {
  const started = performance.now();
  try {
    const { wasUpToDate, ...built } = buildLayer(layer);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { ...built, state: wasUpToDate ? 'up to date' : `built in ${seconds} s` };
  } catch (cause) {
    const { name, architecture } = layer;
    throw new Error(`Layer ${name} for ${architecture} was not built. ${(cause as Error).message}`, {
      cause,
    });
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
