/**
 * Compiles what is in AssemblyScript.
 *
 *     npm run wasm                writes the module into the repository
 *     npm run wasm -- --check     compares it with the one in the repository
 *
 * The compiler is large, and only who changes the source needs it: it is installed beside the source on the first run.
 */
import { execFileSync, execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const FOLDER = 'lambda/thumbnail/render/scale/wasm';
const SOURCE = `${FOLDER}/linear-resize.ts`;
const COMPILER = join(ROOT, FOLDER, 'node_modules/assemblyscript/bin/asc.js');
/** What is generated, in the repository. */
export const GENERATED = join(ROOT, 'lambda/thumbnail/render/scale/linear-resize-wasm.ts');

/** Pages of 64 KiB to start with: enough for the reduction of a photo's 1/8 to 200 px. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '4'];

/** The first lines of {@link GENERATED}: they name the source as it is. */
export function heading(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, SOURCE)));
  return [
    `// Generated from ${SOURCE} by \`npm run wasm\`; not to be edited.`,
    `// WebAssembly in base64, of the source with the SHA-256 ${hash.digest('hex')}.`,
    '',
  ].join('\n');
}

/** Compiles the source anew. @returns the text of {@link GENERATED} */
function generate(): string {
  if (!existsSync(COMPILER))
    execSync('npm ci --no-audit --no-fund', { cwd: join(ROOT, FOLDER), stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-wasm-'));
  try {
    const file = join(folder, 'module.wasm');
    execFileSync(process.execPath, [COMPILER, SOURCE, ...OPTIONS, '--outFile', file], { cwd: ROOT });
    return `${heading()}export const LINEAR_RESIZE_WASM =\n  '${readFileSync(file).toString('base64')}';\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main([option]: readonly string[]): void {
  const text = generate();
  if (option !== '--check') {
    writeFileSync(GENERATED, text);
  } else if (text !== readFileSync(GENERATED, 'utf8')) {
    console.error(`Expected ${GENERATED} as its source compiles but received another: npm run wasm.`);
    process.exit(1);
  }
}

if (require.main === module) main(process.argv.slice(2));
