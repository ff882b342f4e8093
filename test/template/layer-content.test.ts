import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { unzipSync } from 'fflate';
import { context } from '../../cdk.json';
import { loadConfig } from '../../lib/config/load';
import { MiniaturasStack } from '../../lib/miniaturas-stack';

/** The machine in an ELF file's header, at byte 18. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const MACHINES = { arm64: 183, x86_64: 62 } as const;

/** What a template says of a layer's CPU is one thing; what is in the layer that it deploys is another. */
test.each(Object.entries(MACHINES))(
  'every binary in the layers that are deployed is for %s',
  (architecture, machine) => {
    const outdir = mkdtempSync(join(tmpdir(), 'miniaturas-layers-'));
    const app = new App({
      outdir,
      context: { ...context, miniaturas: { architecture }, 'aws:cdk:bundling-stacks': [] },
    });
    new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
    app.synth();
    const files = readdirSync(outdir)
      .filter(name => /^asset\..*\.zip$/.test(name))
      .flatMap(zip => Object.entries(unzipSync(readFileSync(join(outdir, zip)))));
    const machines = files
      .filter(([name]) => /\.(node|so|so\..*)$/.test(name))
      .map(([, bytes]) => Buffer.from(bytes).readUInt16LE(18));
    rmSync(outdir, { recursive: true });
    expect(new Set(machines)).toEqual(new Set([machine]));
  },
);
