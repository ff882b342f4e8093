import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Presets, SingleBar } from 'cli-progress';
import sharp from 'sharp';
import { thumbnailKey, variantsFor } from '../../lambda/thumbnail/model/keys';
import type { Variant } from '../../lambda/thumbnail/model/variant';
import type { LocalCloud } from '../../local/cloud';
import type { Log } from '../../local/signal';
import type { Connection } from '../connection';
import { jsonLine, visible } from '../visible';
import { type DroppedFile, filesOf } from './files';
import { reasonsSince } from './reasons';
import { variantsOf, whyUnwatched } from './template';

/** Uploads at once: enough to keep the function busy, few enough to leave the CPU to it. */
const UPLOADS = 4;

/** A dropped source and when things happened to it, in ms of `performance.now()`. */
interface Source extends DroppedFile {
  /** The recipes of its thumbnails. */
  readonly variants: readonly Variant[];
  dropped: number;
  /** Why it could not be uploaded. */
  fault?: string;
  /** When each thumbnail appeared, by its key. */
  readonly appeared: Map<string, number>;
}

/** What `--json` says of a file: one line for each thumbnail that it has, and one if it lacks any. */
type DropResult =
  | {
      readonly outcome: 'created';
      readonly path: string;
      readonly key: string;
      /** Where the thumbnail was copied to. */
      readonly thumbnail: string;
      readonly width: number;
      readonly height: number;
      readonly bytes: number;
      /** From the upload to the thumbnail's appearance. */
      readonly ms: number;
    }
  | { readonly outcome: 'failed'; readonly path: string; readonly key: string; readonly why: string }
  | { readonly outcome: 'skipped'; readonly path: string; readonly why: string };

/**
 * Drops files into the bucket as a user would, waits until nothing is left to do, and copies the thumbnails here.
 *
 * @param print gets a line for each thumbnail, for each source that lacks one, and for each file that is left out
 * @param json gets the same as one line of JSON each
 * @returns 0 if every watched file has all its thumbnails, made from this drop; else 1
 */
export async function dropAndReport(options: {
  readonly paths: readonly string[];
  readonly out: string;
  readonly cloud: LocalCloud;
  readonly connection: Connection;
  readonly functionLog: readonly string[];
  readonly print: Log;
  readonly json?: Log | undefined;
}): Promise<number> {
  const { paths, out, cloud, connection, functionLog } = options;
  const print = (line: string) => options.print(visible(line));
  const json = (result: DropResult) => options.json?.(jsonLine(result));
  const since = new Date();
  const variants = variantsOf(cloud.resources);
  let missing = 0;
  let unread = 0;
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
  for (const source of sources) {
    const absent = source.variants.filter(variant => !source.appeared.has(thumbnailKey(variant, source.key)));
    for (const variant of source.variants) if (!absent.includes(variant)) await keep(source, variant);
    if (absent.length === 0) continue;
    missing++;
    const why = source.fault ?? reasonFor(source.key);
    print(`${source.path}: no thumbnail${lacking(source, absent)}. ${why}`);
    json({ path: source.path, key: source.key, outcome: 'failed', why });
  }
  s3.destroy();
  print(`${sources.length - missing} of ${sources.length} images have their thumbnails, in ${out}.`);
  return missing + unread === 0 ? 0 : 1;

  function watchedFiles(): Source[] {
    const bucket = cloud.resources.find(({ ref }) => ref === connection.bucket);
    if (!bucket) throw new Error(`Expected the bucket ${connection.bucket} in the template.`);
    const { files, leftOut } = filesOf(paths);
    for (const { path, why, fault } of leftOut) {
      if (fault) unread++;
      skip(path, why);
    }
    return files.flatMap(file => {
      const why = whyUnwatched(file.key, { bucket, variants });
      if (why) skip(file.path, why);
      const its = variantsFor(file.key, variants);
      return why ? [] : [{ ...file, variants: its, dropped: 0, appeared: new Map<string, number>() }];
    });
  }

  function skip(path: string, why: string): void {
    print(`${path}: skipped, it ${why}.`);
    json({ path, outcome: 'skipped', why: `It ${why}.` });
  }

  function watchThumbnails(): void {
    const byThumbnail = new Map(
      sources.flatMap(source =>
        source.variants.map(variant => [thumbnailKey(variant, source.key), source] as const),
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
        try {
          const Body = await readFile(source.path);
          source.dropped = performance.now();
          await s3.send(new PutObjectCommand({ Bucket: connection.bucket, Key: source.key, Body }));
        } catch (error) {
          source.fault = `It could not be uploaded: ${(error as Error).message}`;
        }
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
    const finished = (source: Source) => source.appeared.size === source.variants.length;
    const update = () => bar.update(sources.filter(finished).length, { waiting: cloud.waitingMessages() });
    const timer = setInterval(update, 100);
    await work().finally(() => clearInterval(timer));
    update();
    bar.stop();
  }

  async function keep({ path: source, key, dropped, appeared }: Source, variant: Variant): Promise<void> {
    const thumbnail = thumbnailKey(variant, key);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: connection.bucket, Key: thumbnail }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const { width, height } = await sharp(bytes).metadata();
    const path = join(out, variants.length === 1 ? thumbnail.slice(variant.prefix.length) : thumbnail);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    const ms = Math.round((appeared.get(thumbnail) ?? 0) - dropped);
    print(`${path}  ${width} × ${height} px  ${bytes.byteLength} bytes  ${ms} ms`);
    json({
      path: source,
      key,
      outcome: 'created',
      thumbnail: path,
      width,
      height,
      bytes: bytes.byteLength,
      ms,
    });
  }
}

/** Which thumbnails are missing, where others are there. */
function lacking({ variants }: Source, absent: readonly Variant[]): string {
  return absent.length === variants.length ? '' : ` under ${absent.map(({ prefix }) => prefix).join(', ')}`;
}
