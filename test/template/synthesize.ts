import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';

/** One for all templates of a test file: the layers' zips are copied once. */
const outdir = mkdtempSync(join(tmpdir(), 'miniaturas-template-'));

/** The template of the stack as `cdk synth` makes it, with these settings in place of cdk.json's; esbuild is left out. */
export function synthesize(settings: object = {}): Template {
  return Template.fromStack(stackOf(settings));
}

/** The constructs of that template. */
export function stackOf(settings: object = {}): MiniaturasStack {
  const app = new App({
    outdir,
    context: { ...context, miniaturas: settings, 'aws:cdk:bundling-stacks': [] },
  });
  return new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
}

/** The one resource of a type (and, where there are several, of a logical id that contains `name`). */
export function only(template: Template, type: string, name = ''): { id: string; resource: any } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.includes(name));
  expect(found).toHaveLength(1);
  const [id, resource] = found[0] as [string, Record<string, any>];
  return { id, resource };
}
