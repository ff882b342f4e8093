/** Compiles what is in AssemblyScript: `npm run wasm`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const SOURCE = 'lambda/thumbnail/render/wasm/linear-resize.ts';
/** What is generated, in the repository. */
export const GENERATED = join(ROOT, 'lambda/thumbnail/render/linear-resize-wasm.ts');

/** Pages of 64 KiB to start with: enough for the reduction of a photo's 1/8 to 200 px. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '4'];

/** Compiles the source anew. @returns the text of {@link GENERATED} */
export function generate(): string {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-wasm-'));
  try {
    const file = join(folder, 'module.wasm');
    const compiler = join(ROOT, 'node_modules/assemblyscript/bin/asc.js');
    execFileSync(process.execPath, [compiler, SOURCE, ...OPTIONS, '--outFile', file], { cwd: ROOT });
    return [
      `// Generated from ${SOURCE} by \`npm run wasm\`; not to be edited.`,
      '// WebAssembly in base64.',
      `export const LINEAR_RESIZE_WASM =\n  '${readFileSync(file).toString('base64')}';`,
      '',
    ].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (require.main === module) writeFileSync(GENERATED, generate());
