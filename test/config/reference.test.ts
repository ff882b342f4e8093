import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { App } from 'aws-cdk-lib';
import { ConfigError, loadConfig } from '../../lib/config/load';
import { EXAMPLE, reference } from '../../tools/reference';
import { CONFIGURATIONS } from '../deploy/configurations';
import { synthesize } from '../template/synthesize';

const load = (miniaturas: unknown) => loadConfig(new App({ context: { miniaturas } }).node);

describe('what lib/config says of the settings', () => {
  test.each(reference())('is in $file (npm run reference)', ({ file, text }) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('cdk.schema.json', () => {
  const accepts = new Ajv({ strict: true }).compile(JSON.parse(readFileSync('cdk.schema.json', 'utf8')));
  const isAccepted = (miniaturas: unknown) => accepts({ context: { miniaturas } });

  test('accepts cdk.json, which names it', () => {
    const cdkJson = JSON.parse(readFileSync('cdk.json', 'utf8'));
    expect(cdkJson.$schema).toBe('./cdk.schema.json');
    expect(accepts(cdkJson)).toBe(true);
  });

  test.each(Object.entries(CONFIGURATIONS))('accepts what synth accepts: %s', (_, settings) => {
    expect(isAccepted(settings)).toBe(true);
  });

  test.each([
    [{ memoryMiB: 100 }],
    [{ memoryMiB: '512' }],
    [{ memory: 512 }],
    [{ variants: [] }],
    [{ variants: [{ width: 1.5 }] }],
    [{ variants: [{ wdith: 5 }] }],
    [{ variants: [{ prefix: 'miniaturas' }] }],
    [{ variants: [{ prefix: 'a/../b/' }] }],
    [{ variants: [{ suffix: '/x' }] }],
    [{ variants: [{ suffix: '.' }] }],
    [{ variants: [{ from: ['a//'] }] }],
    [{ variants: [{ fit: 'fill' }] }],
    [{ variants: [{ background: '#12' }] }],
    [{ extensions: ['.jpg'] }],
    [{ watch: 'everything' }],
    [{ limits: { pixels: 5 } }],
    [{ encryptionKey: 'yes' }],
    [{ bucketName: 'Fotos' }],
    [{ env: { account: 111122223333 } }],
    [{ tags: { team: 5 } }],
    [{ tags: { 'aws:x': 'y' } }],
    [{ otherFormats: 'yes' }],
    [[]],
  ])('refuses %j, as synth does', miniaturas => {
    expect(isAccepted(miniaturas)).toBe(false);
    expect(() => load(miniaturas)).toThrow(ConfigError);
  });
});

describe('the worked examples of docs/configuration.md', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  const examples = [...page.matchAll(EXAMPLE)].map(([, json = '']) => JSON.parse(json));

  test('are three', () => {
    expect(examples).toHaveLength(3);
  });

  // What they cost is compared with the rest of the page, above.
  test.each(examples)('synthesize, with no setting idle: %j', miniaturas => {
    expect(load(miniaturas).notes).toEqual([]);
    expect(() => synthesize(miniaturas)).not.toThrow();
  });
});
