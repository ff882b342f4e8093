import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionOf } from '../../ops/connection';
import { type Installation, install, photo } from '../e2e/harness';
import { runCommand, runFromSource } from './installation';

const data = mkdtempSync(join(tmpdir(), 'miniaturas-ops-'));
let miniaturas: Installation;

beforeAll(async () => {
  miniaturas = await install({ variants: [{ suffix: '.thumb' }] });
  const { cloud, put } = miniaturas;
  writeFileSync(join(data, 'cloud.json'), JSON.stringify(connectionOf(cloud)));
  await put('good.jpg', await photo());
  for (let i = 0; i < 12; i++) await put(`año ${i}.jpg`, 'This is a text.');
  await failTwice('nothing.png');
});

/** Each upload is a failure. */
async function failTwice(key: string): Promise<void> {
  for (const _ of ['once', 'and again']) {
    await miniaturas.put(key, '');
    await miniaturas.cloud.drain();
  }
}

afterAll(async () => {
  await miniaturas.stop();
  rmSync(data, { recursive: true });
});

/** Runs a command of ours on the local cloud; its exit code, and all that it says. */
async function command(
  name: 'failures' | 'redrive',
  ...args: string[]
): Promise<{ code: number | null; says: string }> {
  const { code, out, err } = await runCommand(name, ['--local', '--data', data, ...args]);
  return { code, says: `${out}${err}` };
}

const failures = async () => {
  const { out } = await runCommand('failures', ['--local', '--data', data, '--json']);
  return out
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
};

test('listing failures does not remove them', async () => {
  for (const _ of ['once', 'and again']) {
    const listed = await failures();
    expect(listed).toHaveLength(13);
    expect(listed).toContainEqual(
      expect.objectContaining({ key: 'año 3.jpg', reason: 'unsupported', times: 1 }),
    );
    expect(listed).toContainEqual(expect.objectContaining({ key: 'nothing.png', reason: 'empty', times: 2 }));
  }
});

test('without --json, failures are a table under counts by reason', async () => {
  const { out: says } = await runFromSource('failures', ['--local', '--data', data]);
  expect(says).toMatch(/13 failures:\n {2}12 × unsupported\n {2}1 × empty\n/);
  expect(says).toMatch(/Last failed +Times +Reason +Key and detail\n/);
  expect(says).toMatch(/\d\dZ +1 +unsupported +año 11\.jpg\n +The source looks like text/);
  expect(says).toMatch(
    /Dead-letter queue: 14 messages, the oldest of 20\S+Z\.\nMain queue: 0 waiting, 0 in flight/,
  );
});

test('redrive says how much it would send, and sends nothing without --yes', async () => {
  const { code, out, err } = await runFromSource('redrive', ['--local', '--data', data]);
  expect(code).toBe(1);
  expect(out).toMatch(/14 of 14 failures chosen\.\n {2}12 × unsupported\n {2}2 × empty/);
  expect(err).toContain('Nothing was sent: say --yes');
  expect(await failures()).toHaveLength(13);
});

test('redrive sends the chosen failures to the function again; the others stay', async () => {
  const { received } = miniaturas.cloud.counters;
  expect((await command('redrive', '--key', 'año 3.jpg', '--yes')).says).toContain('1 sent back.');
  await miniaturas.cloud.drain();
  expect(miniaturas.cloud.counters.received).toBe(received + 1);
  // It is a text still: it failed again.
  expect(await failures()).toHaveLength(13);

  await miniaturas.put('nothing.png', await photo());
  await miniaturas.cloud.drain();
  expect((await command('redrive', '--reason', 'empty', '--yes')).says).toContain('2 sent back.');
  await miniaturas.cloud.drain();
  expect(await failures()).toHaveLength(12);
  expect(await miniaturas.image('miniaturas/nothing.png.thumb')).toBeDefined();

  await failTwice('nothing.png');
});

test('where there is no local cloud, the command says how to start one', async () => {
  const { code, says } = await command('failures', '--data', 'no-such-folder');
  expect(code).toBe(1);
  expect(says).toBe(
    'No local cloud runs on no-such-folder: start it with `npm start` in another terminal.\n',
  );
});
