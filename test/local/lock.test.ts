import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { claimFolder } from '../../local/lock';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Claims the folder in a process of its own, says how that went, and keeps it until its stdin ends. */
function claimInChild() {
  const script = `
    let answer = 'claimed';
    try { require('./local/lock').claimFolder(${JSON.stringify(folder)}); } catch (error) { answer = error.message; }
    gc();
    console.log(answer);
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--expose-gc', '--require', 'tsx/cjs', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const answer = new Promise<string>(resolve => child.stdout.once('data', data => resolve(`${data}`.trim())));
  return { answer, ended: text(child.stdout) };
}

test('a folder is locked until it is released', () => {
  const release = claimFolder(folder);
  expect(readFileSync(join(folder, 'pid'), 'utf8')).toBe(`${process.pid}`);
  expect(() => claimFolder(folder)).toThrow(
    `Expected a free data folder but ${folder} is in use by process ${process.pid}.`,
  );
  release();
  claimFolder(folder)();
});

test.each([
  { of: 'a process that has ended', content: '999999999' },
  { of: 'a start that was killed before it wrote', content: '' },
  { of: 'another program that has the number now', content: `${process.ppid}` },
])('a pid file of $of is no lock', ({ content }) => {
  writeFileSync(join(folder, 'pid'), content);
  claimFolder(folder)();
});

test('of four processes that start at once one locks the folder, until it is killed', async () => {
  const claims = Array.from({ length: 4 }, claimInChild);
  const answers = await Promise.all(claims.map(({ answer }) => answer));
  expect(answers.filter(answer => answer === 'claimed')).toHaveLength(1);
  expect(answers.filter(answer => answer.includes('is in use by'))).toHaveLength(3);

  for (const child of children) child.kill('SIGKILL');
  await Promise.all(claims.map(({ ended }) => ended));
  claimFolder(folder)();
});
