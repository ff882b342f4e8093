import { App } from 'aws-cdk-lib';
import { loadConfig } from '../../lib/config/load';
import { costLine, workOf } from '../../lib/cost/work';

const configOf = (miniaturas: object) => loadConfig(new App({ context: { miniaturas } }).node);

test('the work is what the configuration says', () => {
  const variants = [
    { prefix: 'a/', width: 400, height: 300 },
    { prefix: 'b/', suffix: '.thumb', width: 1200 },
  ];
  const config = configOf({ variants, architecture: 'x86_64', memoryMiB: 1024, batchSize: 4 });
  expect(workOf(config)).toEqual({
    mix: { jpeg: 1 },
    replaced: 0,
    coldStarts: 0.01,
    variants: 2,
    announced: 1,
    eventBridge: false,
    largestPx: 1200,
    architecture: 'x86_64',
    memoryMiB: 1024,
    batchSize: 4,
  });
});

describe('synth says it in one line', () => {
  test('with the services, HEIC, and the idle queue', () => {
    expect(costLine(configOf({}))).toMatch(
      /^About \$8\.\d\d for a million JPEGs of 2\.6 MB: Lambda \$1\.\d\d, S3 requests \$5\.80, SQS \$0\.96, logs \$0\.69; HEIC of phones: \$\d+\.\d\d\. And \$0\.26 a month .*npm run cost\)\.$/,
    );
  });

  test('without HEIC where it is not read', () => {
    expect(costLine(configOf({ otherFormats: false }))).not.toContain('HEIC');
  });

  test('an existing bucket costs events, and wakes nobody for thumbnails', () => {
    const config = configOf({ bucketName: 'fotos' });
    expect(workOf(config)).toMatchObject({ announced: 0, eventBridge: true });
    expect(costLine(config)).toContain('SQS $0.48, EventBridge $2.00, logs');
  });

  test('more variants write more', () => {
    const variants = [{ prefix: 'a/' }, { prefix: 'b/' }];
    expect(costLine(configOf({ variants }))).toContain('S3 requests $10.80, SQS $1.44');
  });
});
