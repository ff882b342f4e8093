/**
 * Builds the layers: `npm run layers -- [--architecture arm64|x86_64] [name…]`. Without arguments: all layers for both
 * CPUs. Cheap when nothing has changed: the CDK CLI runs it before every synth (`build` in cdk.json), and tells it
 * nothing of the app's context, so it cannot know which CPU is wanted.
 *
 * `--root DIR` (any number of them) names a folder of layers; without one it is the folder of this file. `--commands`
 * (`npm run layers:zip`) prints the commands that publish the layers' zips.
 */
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './architecture';
import { makeLayer } from './make';
import { type Layer, layerNames, locateLayer } from './paths';
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
  const rows = layers.map(make);
  // On stderr: stdout belongs to whoever runs us (`cdk synth` prints a template there).
  console.error(layerTable(rows));
  if (values.commands) {
    for (const row of rows) console.log(`\n${publishCommand(row, relative(process.cwd(), row.zip))}`);
  }
}

function make(layer: Layer): Row {
  const started = performance.now();
  try {
    const { wasUpToDate, ...stamp } = makeLayer(layer);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { ...layer, ...stamp, state: wasUpToDate ? 'up to date' : `built in ${seconds} s` };
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
