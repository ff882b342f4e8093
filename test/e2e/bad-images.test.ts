import { type Installation, type InstallOptions, install, patchTemplate, photo } from './harness';
import { standInForSharp } from './sharp-stand-in';

/** Nine photos and something else between them, handed to the function in one batch. */
async function dropTen(options: InstallOptions, other: Buffer): Promise<Installation> {
  const miniaturas = await install(
    { variants: [{ suffix: '.thumb' }], timeoutSeconds: 10 },
    {
      ...options,
      prepare: assembly => {
        options.prepare?.(assembly);
        // A window, so that the ten come together; and a retry that is not waited for as long as on AWS.
        patchTemplate(assembly, 'AWS::Lambda::EventSourceMapping', '', { MaximumBatchingWindowInSeconds: 2 });
        patchTemplate(assembly, 'AWS::SQS::Queue', 'QueuesQueue', { VisibilityTimeout: 12 });
      },
    },
  );
  const good = await photo();
  const files = Array.from({ length: 10 }, (_, i) =>
    i === 4 ? { key: 'bad.jpg', bytes: other } : { key: `${i}.jpg`, bytes: good },
  );
  await Promise.all(files.map(({ key, bytes }) => miniaturas.put(key, bytes)));
  await miniaturas.cloud.drain();
  return miniaturas;
}

const NINE = [0, 1, 2, 3, 5, 6, 7, 8, 9].map(i => `miniaturas/${i}.jpg.thumb`);

test('an image that cannot be decoded becomes a dead letter at once; its nine batch-mates are not tried again', async () => {
  const miniaturas = await dropTen({}, Buffer.from('This is a text.'));
  try {
    const { received, failed } = miniaturas.cloud.counters;
    expect(await miniaturas.keys('miniaturas/')).toEqual(NINE);
    expect(await miniaturas.deadLetters()).toEqual([
      { key: 'bad.jpg', reason: 'unsupported', detail: expect.any(String) },
    ]);
    // The ten, and the test event of S3.
    expect({ received, failed }).toEqual({ received: 11, failed: 0 });
  } finally {
    await miniaturas.stop();
  }
});

test('an image that ends the process becomes a dead letter at once; its nine batch-mates are not tried again', async () => {
  const deadly = Buffer.concat([await photo(), Buffer.from('ABORT')]);
  const miniaturas = await dropTen({ prepare: makeSharpAbort }, deadly);
  try {
    const { received, failed, crashes, deadLettered } = miniaturas.cloud.counters;
    expect(await miniaturas.keys('miniaturas/')).toEqual(NINE);
    expect(await miniaturas.deadLetters()).toEqual([
      { key: 'bad.jpg', reason: 'damaged', detail: expect.stringContaining('SIGABRT') },
    ]);
    // The ten, and the test event of S3.
    expect({ received, failed, crashes, deadLettered }).toEqual({
      received: 11,
      failed: 0,
      crashes: 0,
      deadLettered: 0,
    });
  } finally {
    await miniaturas.stop();
  }
});

/** Bytes that say ABORT end the process, as a fault in native code would. */
function makeSharpAbort(assembly: string): void {
  standInForSharp(
    assembly,
    `if (ArrayBuffer.isView(input) && Buffer.from(input).includes('ABORT')) process.abort()`,
  );
}
