import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { THREADS } from '../../lib/bundle/options';
import { seeds } from '../render/seeds';
import { requires } from '../support/requires';
import type { MutationReport } from './mutate';

/** Takes minutes: `MINIATURAS_MUTATIONS=2000 npx jest test/corpus/mutations`. */
const count = Number(process.env.MINIATURAS_MUTATIONS ?? 0);
/** A HEIC as encoders write it, beside the one of `seeds`: a small one of the corpus, if it is there. */
const corpus = process.env.MINIATURAS_CORPUS;
const PROCESSES = 2;
const SECONDS = 8;
const MAX_PEAK_MIB = 1400;

requires(count, 'MINIATURAS_MUTATIONS (how many images)').test(
  'mutated images have one outcome each, in time and memory',
  async () => {
    const work = mkdtempSync(join(tmpdir(), 'miniaturas-mutations-'));
    const images = join(work, 'seeds');
    mkdirSync(images);
    for (const [name, bytes] of await seeds()) writeFileSync(join(images, name), bytes);
    if (corpus !== undefined) {
      writeFileSync(join(images, 'heic'), readFileSync(join(corpus, 'formats', 'cheers_1440x960.heic')));
    }
    // The bundle that Lambda runs is CommonJS with these packages in NODE_PATH; so is this one.
    const program = join(work, 'mutate.js');
    buildSync({
      entryPoints: { mutate: join(__dirname, 'mutate.ts'), ...THREADS },
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      external: ['sharp', '@imagemagick/magick-wasm'],
      outdir: work,
      logLevel: 'error',
    });

    const reports = (
      await Promise.all(
        Array.from({ length: PROCESSES }, (_, first) =>
          run(program, [images, `${first}`, `${PROCESSES}`, `${count}`]),
        ),
      )
    ).flat();
    rmSync(work, { recursive: true });

    const done = reports.filter(({ outcome }) => outcome !== 'begun');
    const rendered = done.filter(({ outcome }) => outcome === 'rendered').length;
    const slowest = done.reduce((a, b) => (b.ms > a.ms ? b : a));
    const peak = Math.max(...reports.map(({ peakMiB }) => peakMiB));
    process.stdout.write(
      `\n${done.length} mutated images: ${rendered} rendered, ${done.length - rendered} rejected; ` +
        `slowest ${slowest.ms.toFixed(0)} ms (${slowest.seed}, number ${slowest.number}); peak ${peak.toFixed(0)} MiB\n`,
    );
    expect(new Set(done.map(({ number }) => number)).size).toBe(count);
    expect(done).toHaveLength(count);
    expect(slowest.ms).toBeLessThan(SECONDS * 1000 + 2000);
    expect(peak).toBeLessThan(MAX_PEAK_MIB);
    expect(done.filter(({ reason }) => /undefined|\n/.test(reason ?? ''))).toEqual([]);
  },
  600_000,
);

async function run(program: string, args: readonly string[]): Promise<MutationReport[]> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, NODE_PATH: join(__dirname, '..', '..', 'node_modules') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reports: MutationReport[] = [];
  let errors = '';
  child.stderr.on('data', chunk => {
    errors += chunk;
  });
  createInterface({ input: child.stdout }).on('line', line => reports.push(JSON.parse(line)));
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve =>
    child.on('close', (code, signal) => resolve([code, signal])),
  );
  if (code !== 0)
    throw new Error(
      `ended with ${code ?? signal} at ${JSON.stringify(reports.at(-1))}: ${errors.slice(-2000)}`,
    );
  return reports;
}
