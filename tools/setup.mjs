// Installs the project's packages when they are missing or older than package-lock.json, so that
// `npm start` and `npm test` are all that a fresh clone needs. Runs on any Node: it comes before ours is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.miniaturas-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing packages (npm ci) …');
  // npm's own output goes to stderr: stdout belongs to the command that follows (`npm start -- --json`).
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
  // Node's C++ headers, 68 MB that nothing here compiles against; the binary beside them is a hard link to bin/node.
  rmSync(join(root, 'node_modules/node/node_modules'), { recursive: true, force: true });
  writeFileSync(stamp, wanted);
}
