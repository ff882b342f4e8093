/**
 * Builds the layers: `npm run layers -- [--architecture arm64|x86_64] [name…]`. Without arguments: all layers for both
 * CPUs. Cheap when nothing has changed: the CDK CLI runs it before every synth (`build` in cdk.json), and tells it
 * nothing of the app's context, so it cannot know which CPU is wanted.
 */
import { parseArgs } from 'node:util';
import { ARCHITECTURES } from './architecture';
import { makeLayer } from './make';
import { type Layer, layerNames, locateLayer } from './paths';

function main(): void {
  const { values, positionals } = parseArgs({
    options: { architecture: { type: 'string' } },
    allowPositionals: true,
  });
  const known = layerNames();
  for (const name of positionals) expectOneOf(known, 'layer', name);
  if (values.architecture !== undefined) expectOneOf(ARCHITECTURES, '--architecture', values.architecture);

  const names = positionals.length > 0 ? positionals : known;
  const architectures = ARCHITECTURES.filter(one => (values.architecture ?? one) === one);
  for (const name of names) {
    for (const architecture of architectures) make(locateLayer(name, architecture));
  }
}

/** Reports on stderr: stdout belongs to whoever runs us (`cdk synth` prints a template there). */
function make(layer: Layer): void {
  const title = `Layer ${layer.name} for ${layer.architecture}`;
  const started = performance.now();
  try {
    const { packages, bytes, wasUpToDate } = makeLayer(layer);
    const size = `${packages} ${packages === 1 ? 'package' : 'packages'}, ${(bytes / 1024 / 1024).toFixed(1)} MiB unzipped`;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.error(`${title}: ${size}, ${wasUpToDate ? 'up to date' : `built in ${seconds} s`}`);
  } catch (cause) {
    throw new Error(`${title} was not built. ${(cause as Error).message}`, { cause });
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
