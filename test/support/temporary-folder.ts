import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCommands } from './commands';

/**
 * Jest's global setup: gives the run a temporary folder of its own, which the workers and their child processes inherit,
 * and removes it when the run ends. CDK makes a folder for each `new App()` and never removes it; a test that fails or
 * is interrupted leaves others.
 */
export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-jest-'));
  // os.tmpdir() reads TMPDIR, on Windows TEMP.
  Object.assign(process.env, { TMPDIR: folder, TEMP: folder });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  await bundleCommands(folder);
}
