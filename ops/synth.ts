import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../local/signal';

const PROJECT = join(__dirname, '..');

/** Where the assembly of an app is kept: apps in two folders of one name (`a/infra`, `b/infra`) do not share it. */
export function outputOf(app: string, data: string): string {
  const folder = resolve(app);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return join(data, `cdk.out.${basename(folder)}-${hash}`);
}

/**
 * Synthesizes an app with the project's own CDK CLI, for the CPU of this machine: its layers are to run here.
 *
 * @param options.app the folder with the app's cdk.json; this project's own without it
 * @param options.output where the cloud assembly goes
 * @param options.settings settings that take the place of those in cdk.json
 * @param options.log is told that it takes a moment, and of the CLI's own words the warnings; all of them if it fails
 * @throws Error when the CLI fails; its lines in the log say why
 */
export async function synthesize({
  app = PROJECT,
  output,
  settings = {},
  log,
}: {
  readonly app?: string;
  readonly output: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Log;
}): Promise<void> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const cli = join(PROJECT, 'node_modules/aws-cdk/bin/cdk');
  const child = spawn(
    process.execPath,
    // Validation is for deploying: `cdk deploy` and the tests do it; here it would be half of the time.
    [
      cli,
      ...['synth', '--quiet', '--no-validation', '--output', resolve(output)],
      ...Object.entries({ ...settings, architecture }).flatMap(([name, value]) => [
        '--context',
        `${name}=${value}`,
      ]),
    ],
    { cwd: app, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  log('Synthesizing the app; layers that are new are built first …');
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', line => {
      if (line.trim()) lines.push(`[cdk] ${line}`);
    });
  }
  const ended = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  for (const line of lines.filter(one => ended !== 0 || /^\[cdk\] (WARN|\[Warning)/.test(one))) log(line);
  if (ended !== 0)
    throw new Error(`The app could not be synthesized: cdk synth ended with ${ended}, see above.`);
}
