import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type DeadLetter, holdAll, release, sendBack } from './dead-letters';
import { run } from './run';
import { findTarget, TARGET_HELP, TARGET_OPTIONS } from './target';

const HELP = `npm run redrive -- [options]   sends failures back to be tried again

  --key KEY      only those of this source
  --reason WORD  only those with this reason, as \`npm run failures\` names it
  --yes          without asking
${TARGET_HELP}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...TARGET_OPTIONS,
      key: { type: 'string' },
      reason: { type: 'string' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);

  const target = await findTarget(values);
  const letters = await holdAll(target);
  const chosen = letters.filter(
    ({ key, reason }) => key === (values.key ?? key) && reason === (values.reason ?? reason),
  );
  const sent: DeadLetter[] = [];
  try {
    console.log(summary(chosen, letters.length));
    if (chosen.length === 0 || !(values.yes || (await confirmed()))) return;
    for (const letter of chosen) {
      await sendBack(target, letter);
      sent.push(letter);
    }
    console.log(`${sent.length} sent back. What fails again will be among the failures again.`);
  } finally {
    await release(
      target,
      letters.filter(letter => !sent.includes(letter)),
    );
  }
}

function summary(chosen: readonly DeadLetter[], all: number): string {
  const counts = new Map<string, number>();
  for (const { reason } of chosen) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].map(([reason, count]) => `  ${count} × ${reason}`);
  return [`${chosen.length} of ${all} failures chosen.`, ...reasons].join('\n');
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error('Nothing was sent: say --yes where nobody can be asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes|s|sí|si)$/i.test((await terminal.question('Send them back? (y/N) ')).trim());
  } finally {
    terminal.close();
  }
}

run(main);
