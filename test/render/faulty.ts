/**
 * What faults.test.ts bundles and runs in a process of its own: renders a source while something of ours is broken, and again
 * when it no longer is. Says what became of each, a line each.
 *
 *     node faulty.js files <source>
 *     node faulty.js package <source> <folder of packages>
 */
import { closeSync, cpSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from './variants';

async function tell(source: Uint8Array): Promise<void> {
  const outcome = await render(source, [variant()], OPTIONS).then(
    rendering => (rendering.kind === 'rendered' ? rendering.decoder : `rejected: ${rendering.detail}`),
    (fault: NodeJS.ErrnoException) => `fault: ${fault.code ?? fault.message}`,
  );
  console.log(outcome);
}

/** Opens files until the system allows no more. */
function openAll(): number[] {
  const open: number[] = [];
  try {
    for (;;) open.push(openSync('/dev/null', 'r'));
  } catch {
    return open;
  }
}

async function main([fault = '', file = '', packages = '']: readonly string[]): Promise<void> {
  const source = readFileSync(file);
  if (fault === 'files') {
    // sharp and the program's own files are open by then, as in a function that is at work.
    await tell(readFileSync(join(dirname(file), 'warm')));
    const open = openAll();
    await tell(source);
    open.forEach(closeSync);
  } else {
    await tell(source);
    // In place: Node remembers where a link led.
    cpSync(join(__dirname, 'good'), join(packages, '@imagemagick'), { recursive: true });
  }
  await tell(source);
}

void main(process.argv.slice(2));
