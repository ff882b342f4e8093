import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, install, patchTemplate, photo } from '../e2e/harness';
import { standInForSharp } from '../e2e/sharp-stand-in';
import { quarters } from '../render/pictures';
import { byMagick } from '../render/write-magick';
import { ENDURANCE, longRuns } from '../support/requires';
import { type Refusing, refusing } from './refusing';

/** Faults in the worker, as statements in front of a call of sharp. */
const FAULTS = {
  'a TypeError in the encoder': `if (options?.raw) { const image = real(input, options); image.jpeg = () => image.none.none; return image; }`,
  'no more file descriptors': `throw Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' })`,
  'no memory for an allocation': `throw new RangeError('Array buffer allocation failed')`,
  // V8's last words: filling a heap for real takes longer than a rendering may.
  'a heap that is full': `process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'); process.abort()`,
  'the kernel out of memory': `process.kill(process.pid, 'SIGKILL')`,
  'an exit': 'process.exit(1)',
} as const;

const scratch = mkdtempSync(join(tmpdir(), 'miniaturas-faults-'));
const faultFile = join(scratch, 'fault.js');
const setFault = (program: string) => writeFileSync(faultFile, program);

let miniaturas: Installation;
let s3: Refusing;
beforeAll(async () => {
  setFault('');
  miniaturas = await install(
    { variants: [{ suffix: '.thumb' }], timeoutSeconds: 30 },
    {
      between: async endpoint => {
        s3 = await refusing(endpoint);
        return s3.url;
      },
      prepare: assembly => {
        patchTemplate(assembly, 'AWS::SQS::Queue', 'QueuesQueue', { VisibilityTimeout: 6 });
        standInForSharp(
          assembly,
          `const fault = new Function('require', 'real', 'input', 'options', require('node:fs').readFileSync(${JSON.stringify(faultFile)}, 'utf8'));
           const image = fault(require, real, input, options);
           if (image) return image`,
        );
      },
    },
  );
});
afterAll(async () => {
  await miniaturas.stop();
  s3.close();
  rmSync(scratch, { recursive: true });
});

/**
 * Replaces a source while something is out of order: its thumbnail must stay as it was, nothing be rejected and, once all is in
 * order again, the new thumbnail be there without a word in the dead-letter queue.
 */
async function surviveFault(
  key: string,
  { before, after }: { before: Buffer; after: Buffer },
  { begin, end }: { begin: () => void; end: () => void },
): Promise<void> {
  const { cloud, put, image, outcomes, deadLetters } = miniaturas;
  const thumbnail = () => image(`miniaturas/${key}.thumb`);
  const old = await put(key, before);
  await cloud.drain();
  expect((await thumbnail())?.metadata['source-etag']).toBe(old);

  const errors = outcomes('error').length;
  begin();
  let etag: string;
  try {
    etag = await put(key, after);
    // A verdict ends the wait too, and then the test.
    while (outcomes('error').length === errors && outcomes('rejected').length === 0)
      await new Promise(resolve => setTimeout(resolve, 20));
    // Where the look after the write fails, the new one is there already.
    expect([old, etag]).toContain((await thumbnail())?.metadata['source-etag']);
  } finally {
    end();
  }
  await cloud.drain();

  expect((await thumbnail())?.metadata['source-etag']).toBe(etag);
  expect(outcomes('rejected')).toEqual([]);
  expect(await deadLetters()).toEqual([]);
}

/** Each waits for a redelivery. */
const { test: long } = longRuns();
const [first = '', ...others] = Object.keys(FAULTS);

test.each(ENDURANCE ? [first, ...others] : [first])(
  '%s is no verdict on the image',
  async name => {
    await surviveFault(
      `${name}.jpg`,
      { before: await photo(), after: await photo({ width: 500 }) },
      { begin: () => setFault(FAULTS[name as keyof typeof FAULTS]), end: () => setFault('') },
    );
  },
  120_000,
);

long.each(['GET', 'HEAD', 'PUT'])(
  'S3 that refuses each %s is no verdict on the image',
  async method => {
    await surviveFault(
      `${method}.jpg`,
      { before: await photo(), after: await photo({ width: 500 }) },
      { begin: () => s3.refuse(method), end: () => s3.refuse(undefined) },
    );
  },
  120_000,
);

long(
  'a layer that is not there is no verdict on the image, and is loaded once it is',
  async () => {
    const assets = join(miniaturas.data, 'assets');
    const magick = readdirSync(assets, { recursive: true, encoding: 'utf8' }).find(name =>
      name.endsWith('magick.wasm'),
    ) as string;
    const file = join(assets, magick);
    await surviveFault(
      'a.jpg',
      // Until now no worker needed the layer.
      { before: await photo(), after: await byMagick(await quarters().png().toBuffer(), 'Psd') },
      { begin: () => renameSync(file, `${file}.away`), end: () => renameSync(`${file}.away`, file) },
    );
  },
  120_000,
);
