import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { configOf } from '../../lib/config/cdk-json';
import { ConfigError, loadConfig } from '../../lib/config/load';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cdk-json-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(content: object): string {
  const file = join(folder, 'cdk.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test('is read as synth reads it', () => {
  const miniaturas = { variants: [{ width: 640 }], memoryMiB: 1024 };
  const context = { miniaturas, '@aws-cdk/core:newStyleStackSynthesis': true };
  expect(configOf(write({ context }))).toEqual(loadConfig(new App({ context }).node));
});

test('a file without settings has the defaults', () => {
  expect(configOf(write({ app: 'node app.js' })).batchSize).toBe(10);
});

test('overrides take the place of settings; what is undefined does not', () => {
  const file = write({ context: { miniaturas: { batchSize: 5, memoryMiB: 512 } } });
  const { batchSize, memoryMiB } = configOf(file, { batchSize: '20', memoryMiB: undefined });
  expect({ batchSize, memoryMiB }).toEqual({ batchSize: 20, memoryMiB: 512 });
});

test('every mistake is told at once', () => {
  const file = write({ context: { miniaturas: { batchSize: 0 } } });
  expect(() => configOf(file, { memoryMiB: '12' })).toThrow(ConfigError);
  expect(() => configOf(file, { memoryMiB: '12' })).toThrow(
    /batchSize.*\n.*memoryMiB|memoryMiB.*\n.*batchSize/,
  );
});
