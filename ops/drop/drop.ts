import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Presets, SingleBar } from 'cli-progress';
import sharp from 'sharp';
import { thumbnailKey } from '../../lambda/thumbnail/keys';
import type { Variant } from '../../lambda/thumbnail/variant';
import type { LocalCloud } from '../../local/cloud';
import type { Log } from '../../local/signal';
import type { Connection } from '../connection';
import { type DroppedFile, filesOf } from './files';
import { reasonsSince } from './reasons';
import { variantsOf, whyUnwatched } from './template';

/** Uploads at once: enough to keep the function busy, few enough to leave the CPU to it. */
const UPLOADS = 4;

/** A dropped source and when things happened to it, in ms of `performance.now()`. */
interface Source extends DroppedFile {
  dropped: number;
  /** When each thumbnail appeared, by its key. */
  readonly appeared: Map<string, number>;
}

/**
 * Drops files into the bucket as a user would, waits until nothing is left to do, and copies the thumbnails here.
 *
 * @param print gets a line for each thumbnail and for each source that has none
 * @returns 0 if every watched file has all its thumbnails, made from this drop; else 1
 */
export async function dropAndReport(options: {
  readonly paths: readonly string[];
  readonly out: string;
  readonly cloud: LocalCloud;
  readonly connection: Connection;
  readonly functionLog: readonly string[];
  readonly print: Log;
}): Promise<number> {
  const { paths, out, cloud, connection, functionLog, print } = options;
  const since = new Date();
  const variants = variantsOf(cloud.resources);
  const sources = watchedFiles();
  if (sources.length === 0) {
    print('None of the files is one that the bucket watches.');
    return 1;
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({
    endpoint: connection.s3,
    region: cloud.region,
    credentials,
    forcePathStyle: true,
  });
  watchThumbnails();
  await withProgress(async () => {
    await upload();
    await cloud.drain();
  });

  const reasonFor = await reasonsSince(since, { connection, region: cloud.region, log: functionLog });
  let missing = 0;
  for (const source of sources) {
    const absent = variants.filter(variant => !source.appeared.has(thumbnailKey(variant, source.key)));
    for (const variant of variants) if (!absent.includes(variant)) await keep(source, variant);
    if (absent.length > 0) {
      missing++;
      print(`${source.path}: no thumbnail. ${reasonFor(source.key)}`);
    }
  }
  s3.destroy();
  print(`${sources.length - missing} of ${sources.length} images have their thumbnails, in ${out}.`);
  return missing === 0 ? 0 : 1;

  function watchedFiles(): Source[] {
    const bucket = cloud.resources.find(({ ref }) => ref === connection.bucket);
    if (!bucket) throw new Error(`Expected the bucket ${connection.bucket} in the template.`);
    return filesOf(paths).flatMap(file => {
      const why = whyUnwatched(file.key, { bucket, variants });
      if (why) print(`${file.path}: skipped, it ${why}.`);
      return why ? [] : [{ ...file, dropped: 0, appeared: new Map<string, number>() }];
    });
  }

  function watchThumbnails(): void {
    const byThumbnail = new Map(
      sources.flatMap(source =>
        variants.map(variant => [thumbnailKey(variant, source.key), source] as const),
      ),
    );
    cloud.onChange(({ name, bucket, key }) => {
      if (bucket !== connection.bucket) return;
      if (name === 'ObjectRemoved:Delete') byThumbnail.get(key)?.appeared.delete(key);
      else byThumbnail.get(key)?.appeared.set(key, performance.now());
    });
  }

  async function upload(): Promise<void> {
    const waiting = [...sources];
    const lane = async () => {
      for (let source = waiting.shift(); source; source = waiting.shift()) {
        const Body = await readFile(source.path);
        source.dropped = performance.now();
        await s3.send(new PutObjectCommand({ Bucket: connection.bucket, Key: source.key, Body }));
      }
    };
    await Promise.all(Array.from({ length: UPLOADS }, lane));
  }

  async function withProgress(work: () => Promise<void>): Promise<void> {
    const bar = new SingleBar(
      { format: '{bar} {value} of {total} images, {waiting} for a later try', stream: process.stderr },
      Presets.shades_classic,
    );
    bar.start(sources.length, 0, { waiting: 0 });
    const finished = ({ appeared }: Source) => appeared.size === variants.length;
    const update = () => bar.update(sources.filter(finished).length, { waiting: cloud.waitingMessages() });
    const timer = setInterval(update, 100);
    await work().finally(() => clearInterval(timer));
    update();
    bar.stop();
  }

  async function keep({ key, dropped, appeared }: Source, variant: Variant): Promise<void> {
    const thumbnail = thumbnailKey(variant, key);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: connection.bucket, Key: thumbnail }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const { width, height } = await sharp(bytes).metadata();
    const path = join(out, variants.length === 1 ? thumbnail.slice(variant.prefix.length) : thumbnail);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    const ms = Math.round((appeared.get(thumbnail) ?? 0) - dropped);
    print(`${path}  ${width} × ${height} px  ${bytes.byteLength} bytes  ${ms} ms`);
  }
}
