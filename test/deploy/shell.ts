import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** The Python of a venv with what test/deploy/requirements.txt names; without one there is nothing to test. */
export const PYTHON = process.env.MINIATURAS_PYTHON;

/** A program of that venv. */
export function venvProgram(name: string): string {
  return join(dirname(PYTHON as string), name);
}

/** A command that ended with another code than 0; its message has the whole story. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** In ms. */
const TIME_LIMIT = 150_000;

/**
 * Runs a program.
 *
 * @param options.cwd the folder; the project's unless another is named
 * @param options.moreOnFailure what else to tell when it fails
 * @returns what it printed, both streams in one
 * @throws CommandFailed
 */
export function command(
  program: string,
  args: readonly string[],
  {
    env,
    moreOnFailure,
    cwd = ROOT,
  }: { readonly env: NodeJS.ProcessEnv; readonly moreOnFailure: () => string; readonly cwd?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A group of its own: npm and npx start processes that would outlive them.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const tooLong = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), TIME_LIMIT);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(tooLong);
      if (code === 0) return resolve(output);
      const line = [program, ...args].join(' ');
      reject(new CommandFailed(`${line}: ${signal ?? `exit code ${code}`}\n${output}\n${moreOnFailure()}`));
    });
  });
}
