import { fork } from 'node:child_process';
import type { Rendering } from './render/rendering';
import type { Variant } from './variant';

export type Render = (source: Uint8Array, variants: readonly Variant[]) => Promise<Rendering>;

/**
 * Renders each source in a process of its own, so that a source whose decoding ends the process (a fault in native code,
 * memory used up) costs nobody else anything. Takes some 0.1 s longer than rendering in place.
 *
 * @param script the file to run, which must call {@link serveRender}
 * @param environment what tells it to, beside our own environment
 * @returns the rendering; a process that ended without one makes it a rejection
 */
export function isolatedRender(script: string, environment: Readonly<Record<string, string>>): Render {
  return (source, variants) =>
    new Promise((resolve, reject) => {
      const child = fork(script, { env: { ...process.env, ...environment }, serialization: 'advanced' });
      let answer: Answer | undefined;
      child.on('message', message => {
        answer = message as Answer;
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (answer && 'fault' in answer) reject(new Error(answer.fault));
        else resolve(answer?.rendering ?? crashed(signal ?? `exit code ${code}`));
      });
      child.send({ source, variants } satisfies Question);
    });
}

/** The other side: renders what the process that forked this one sends, and ends. */
export function serveRender(render: Render): void {
  // Also when the other process is gone: nobody waits for the rendering then.
  process.once('disconnect', () => process.exit());
  process.once('message', async message => {
    const { source, variants } = message as Question;
    const answer: Answer = await render(source, variants).then(
      rendering => ({ rendering }),
      (fault: Error) => ({ fault: fault.message }),
    );
    process.send?.(answer, () => process.disconnect());
  });
}

interface Question {
  readonly source: Uint8Array;
  readonly variants: readonly Variant[];
}

type Answer = { readonly rendering: Rendering } | { readonly fault: string };

function crashed(how: string): Rendering {
  const detail = `Decoding the source ends the process (${how}), alone and more than once.`;
  return { kind: 'rejected', reason: 'damaged', detail };
}
