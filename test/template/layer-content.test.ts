import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { context } from '../../cdk.json';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';
import { unzip } from '../../local/template/unzip';

/** The machine in an ELF file's header, at byte 18. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES = { arm64: 183, x86_64: 62 } as const;

/** What a template says of a layer's CPU is one thing; what is in the layer that it deploys is another. */
test.each(Object.entries(MACHINES))(
  'every binary in the layers that are deployed is for %s',
  async (architecture, machine) => {
    const outdir = mkdtempSync(join(tmpdir(), 'miniaturas-layers-'));
    const app = new App({
      outdir,
      context: { ...context, miniaturas: { architecture }, 'aws:cdk:bundling-stacks': [] },
    });
    new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
    app.synth();
    const opt = join(outdir, 'opt');
    for (const name of readdirSync(outdir)) {
      if (/^asset\..*\.zip$/.test(name)) await unzip(join(outdir, name), opt);
    }
    const machines = readdirSync(opt, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(node|so|so\..*)$/.test(name))
      .map(name => readFileSync(join(opt, name)).readUInt16LE(18));
    rmSync(outdir, { recursive: true });
    expect(new Set(machines)).toEqual(new Set([machine]));
  },
);
