import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAssembly } from '../local/fixture';
import { firstLine, runCommand, startCommand, startFromSource } from './installation';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), {});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = () => ['--assembly', join(folder, 'cdk.out'), '--data', join(folder, 'data'), '--json'];

test('--json prints one line to connect by; Ctrl-C ends it and leaves no connection file', async () => {
  const { child, said } = startFromSource('start', [...own(), '--port', '0']);
  const line = await firstLine(child);
  const connection = JSON.parse(line);
  expect(Object.keys(connection)).toEqual(['s3', 'bucket', 'queueUrl', 'deadLetterQueueUrl']);
  expect(
    (await fetch(`${connection.s3}/${connection.bucket}/a.png`, { method: 'PUT', body: 'x' })).status,
  ).toBe(200);
  expect(JSON.parse(readFileSync(join(folder, 'data/cloud.json'), 'utf8'))).toMatchObject(connection);

  child.kill('SIGINT');
  expect(await said).toMatchObject({ code: 0, out: `${line}\n` });
  expect(existsSync(join(folder, 'data/cloud.json'))).toBe(false);
  expect(existsSync(join(folder, 'data/pid'))).toBe(false);
});

test('a port that is taken is refused with the next step', async () => {
  const first = startCommand('start', [...own(), '--port', '0']);
  const { port } = new URL(JSON.parse(await firstLine(first.child)).s3);
  const second = await runCommand('start', [...own(), '--port', port, '--data', join(folder, 'other data')]);
  expect(second).toMatchObject({ code: 1, out: '' });
  expect(second.err).toMatch(/^The port is taken by another program: choose another with --port N/);
  expect(second.err).toContain(`:${port}`);
  first.child.kill('SIGTERM');
  expect((await first.said).code).toBe(0);
});
