import { createInterface } from 'node:readline/promises';

/**
 * Asks a person; anything but yes is no.
 *
 * @throws Error where nobody can be asked
 */
export async function confirmed(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Nothing was sent: say --yes where nobody can be asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // In a terminal's raw mode Ctrl-C is a key, not a signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await terminal.question(`${question} (y/N) `, { signal });
    return /^(y|yes|s|sí|si)$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
