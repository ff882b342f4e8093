import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { type Image, objectsOf } from '../e2e/deployed';
import { type Installation, install, patchTemplate } from '../e2e/harness';
import { type ReferenceAnswer, startReferenceFunction } from './reference-function';

/** What one of the two functions made of an image. */
export interface Made {
  readonly thumbnail: Image | undefined;
  readonly answer: ReferenceAnswer;
}

/** Both functions on the same events and images, each in a bucket of its own. */
export interface Comparison {
  /** @param encoded the key as the event has it, if it is not as in the bucket */
  make(key: string, bytes: Uint8Array, encoded?: string): Promise<{ ours: Made; reference: Made }>;
  /** One event for several images. @returns the keys of the thumbnails that each made */
  makeAll(
    images: Readonly<Record<string, Uint8Array>>,
  ): Promise<{ ours: readonly string[]; reference: readonly string[] }>;
  stop(): Promise<void>;
}

const REFERENCE_BUCKET = 'reference';

export async function startComparison(python: string): Promise<Comparison> {
  // Called as the console's test button does: what S3 would announce besides is left out.
  const miniaturas: Installation = await install(
    {},
    {
      prepare: assembly =>
        patchTemplate(assembly, 'AWS::S3::Bucket', '', {
          NotificationConfiguration: { QueueConfigurations: [] },
        }),
    },
  );
  const { cloud, s3, bucket } = miniaturas;
  await s3.send(new CreateBucketCommand({ Bucket: REFERENCE_BUCKET }));
  const theirs = objectsOf({ s3, bucket: REFERENCE_BUCKET, folder: '' });
  const reference = startReferenceFunction(python, cloud.endpoint);
  const name = cloud.resources.find(({ type }) => type === 'AWS::Lambda::Function')?.name as string;

  const eventOf = (inBucket: string, keys: readonly string[]) => ({
    Records: keys.map(key => ({ s3: { bucket: { name: inBucket }, object: { key } } })),
  });

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    for (const Bucket of [bucket, REFERENCE_BUCKET]) {
      await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes }));
    }
  }

  async function invokeOurs(keys: readonly string[]): Promise<ReferenceAnswer> {
    const ending = await cloud.invoke(name, eventOf(bucket, keys));
    if (ending.kind !== 'answered') return { error: ending.kind };
    return { answer: ending.answer as NonNullable<ReferenceAnswer['answer']> };
  }

  return {
    async make(key, bytes, encoded = key) {
      await put(key, bytes);
      const answers = {
        ours: await invokeOurs([encoded]),
        reference: await reference.invoke(eventOf(REFERENCE_BUCKET, [encoded])),
      };
      return {
        ours: { answer: answers.ours, thumbnail: await miniaturas.thumbnail(key) },
        reference: { answer: answers.reference, thumbnail: await theirs.thumbnail(key) },
      };
    },

    async makeAll(images) {
      for (const [key, bytes] of Object.entries(images)) await put(key, bytes);
      const keys = Object.keys(images);
      await invokeOurs(keys);
      await reference.invoke(eventOf(REFERENCE_BUCKET, keys));
      const made = keys.map(key => `miniaturas/${key}`);
      const [ours, others] = await Promise.all([miniaturas.keys('miniaturas/'), theirs.keys('miniaturas/')]);
      return {
        ours: made.filter(key => ours.includes(key)),
        reference: made.filter(key => others.includes(key)),
      };
    },

    async stop() {
      await reference.stop();
      await miniaturas.stop();
    },
  };
}

/** A thumbnail's side may be a pixel off: rounding differs. */
const SIDE_TOLERANCE = 1;

/** Mean difference of a channel, 0 to 255. */
const PIXEL_TOLERANCE = 6;

/** Compared at this part of their size: resampling and encoders differ in the detail; colours and content do not. */
const SCALE = 1 / 4;

/** In what two thumbnails differ, in words; nothing for two that are the same to a viewer. */
export async function differences({ ours, reference }: { ours: Made; reference: Made }): Promise<string[]> {
  const [a, b] = [ours.thumbnail, reference.thumbnail];
  if (!a || !b) {
    if (!a && !b) return ['neither makes a thumbnail'];
    return [a ? 'the reference makes no thumbnail' : 'ours makes no thumbnail'];
  }
  const found: string[] = [];
  if (a.contentType !== b.contentType) found.push('content type');
  if (JSON.stringify(ours.answer) !== JSON.stringify(reference.answer)) found.push('answer');
  const sides = [a.width - b.width, a.height - b.height].map(Math.abs);
  if (Math.max(...sides) > SIDE_TOLERANCE) return [...found, 'size'];
  const pixels = await Promise.all(
    [a, b].map(image => pixelsOf(image, Math.ceil(a.width * SCALE), Math.ceil(a.height * SCALE))),
  );
  const [mine, its] = pixels as [Buffer, Buffer];
  const mean = mine.reduce((sum, value, i) => sum + Math.abs(value - (its[i] as number)), 0) / mine.length;
  if (mean > PIXEL_TOLERANCE) found.push('pixels');
  return found;
}

function pixelsOf({ bytes }: Image, width: number, height: number): Promise<Buffer> {
  return sharp(bytes)
    .resize(width, height, { fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer();
}
