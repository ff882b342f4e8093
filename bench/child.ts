import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { THREADS } from '../lib/bundle/options';

/** A process that answers each line of JSON with one, in order. */
export interface Child {
  readonly id: number;
  ask<Answer>(question: object): Promise<Answer>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** The one CPU that it may use. */
  readonly cpu?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program. Its first line says that it is ready, by being one. */
export async function startChild(command: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const [program = '', ...args] = pinned(command, options.cpu);
  const child = spawn(program, args, {
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function next(): Promise<string> {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Expected a line from ${command.join(' ')} but it ended.`);
    return value;
  }
  await next();
  return {
    id: child.pid ?? 0,
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return JSON.parse(await next());
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The other side, in Node: answers until there are no more questions. */
export function answerLines<Question>(answer: (question: Question) => Promise<object>): void {
  let last: Promise<void> = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', line => {
    last = last.then(async () => console.log(JSON.stringify(await answer(JSON.parse(line)))));
  });
  console.log('ready');
}

const PROJECT = join(__dirname, '..');
const bundles = mkdtempSync(join(tmpdir(), 'miniaturas-bundles-'));
process.once('exit', () => rmSync(bundles, { recursive: true, force: true }));

/** How one of our TypeScript programs is run: bundled as functions are, since what runs tests wraps every closure. */
export function program(file: string, ...args: string[]): string[] {
  const folder = join(bundles, file.replace(/\.ts$/, ''));
  buildSync({
    entryPoints: { program: join(__dirname, file), ...THREADS },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['sharp', '@imagemagick/magick-wasm'],
    logLevel: 'error',
  });
  return [
    'env',
    `NODE_PATH=${join(PROJECT, 'node_modules')}`,
    process.execPath,
    join(folder, 'program.js'),
    ...args,
  ];
}

/** Runs on one CPU, where the system can be told so. */
export function pinned(command: readonly string[], cpu: number | undefined): readonly string[] {
  return cpu === undefined || !has('taskset') ? command : ['taskset', '-c', `${cpu}`, ...command];
}

/** Whether a program is installed. */
export function has(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** A Python that has these modules, such as Debian's or an active virtual environment's. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const imports = modules.map(name => `import ${name}`).join('\n');
  return ['python3', '/usr/bin/python3'].find(python => spawnSync(python, ['-c', imports]).status === 0);
}
