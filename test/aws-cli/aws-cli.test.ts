import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { type Installation, install, photo } from '../e2e/harness';
import { requires } from '../support/requires';

/** The AWS CLI to test with; without one there is nothing to test. */
const AWS = process.env.MINIATURAS_AWS_CLI;

requires(AWS, 'MINIATURAS_AWS_CLI (its program)').describe('with the AWS CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-aws-cli-'));
  const file = join(folder, 'foto.jpg');
  let miniaturas: Installation;

  beforeAll(async () => {
    miniaturas = await install();
    writeFileSync(file, await photo());
  });
  afterAll(async () => {
    await miniaturas.stop();
    rmSync(folder, { recursive: true });
  });

  /** Runs `aws s3 …`, where `s3:` stands for the bucket, and waits until the thumbnails have followed. */
  async function s3(...args: string[]): Promise<void> {
    const { cloud, bucket } = miniaturas;
    const words = args.map(arg => arg.replace(/^s3:/, `s3://${bucket}/`));
    const credentials = {
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_DEFAULT_REGION: cloud.region,
    };
    await promisify(execFile)(
      AWS as string,
      ['--endpoint-url', cloud.endpoint, 's3', ...words, '--only-show-errors'],
      {
        env: { ...process.env, ...credentials },
      },
    );
    await cloud.drain();
  }

  const thumbnails = (prefix = '') => miniaturas.keys(`miniaturas/${prefix}`);

  test('cp under a name with spaces, ñ, brackets and a plus', async () => {
    const key = 'vacaciones/año nuevo (1) +ñ.JPG';
    await s3('cp', file, `s3:${key}`);
    expect(await miniaturas.image(`miniaturas/${key}`)).toMatchObject({
      contentType: 'image/jpeg',
      width: 200,
      height: 150,
    });
  });

  test('cp of 20 MB, which goes up in parts, and a copy of it within the bucket', async () => {
    const large = join(folder, 'large.tif');
    await sharp(await photo({ width: 3000, height: 2400 }))
      .tiff({ compression: 'none' })
      .toFile(large);
    await s3('cp', large, 's3:large.tif');
    await s3('cp', 's3:large.tif', 's3:copy/large.tif');
    expect(await miniaturas.image('miniaturas/large.tif')).toMatchObject({ width: 200, height: 160 });
    expect(await miniaturas.image('miniaturas/copy/large.tif')).toMatchObject({ width: 200, height: 160 });
  });

  test('cp of a text under the name of an image: no thumbnail, and the log says why', async () => {
    const text = join(folder, 'text.txt');
    writeFileSync(text, 'This is a text.');
    await s3('cp', text, 's3:text.jpg');
    expect(await thumbnails('text')).toEqual([]);
    expect(miniaturas.outcomes('rejected')).toContainEqual(
      expect.objectContaining({ key: 'text.jpg', reason: 'unsupported' }),
    );
  });

  test('sync of 200 images; sync --delete, mv and rm --recursive are followed', async () => {
    const album = join(folder, 'album');
    mkdirSync(album);
    for (let i = 0; i < 200; i++) cpSync(file, join(album, `${i} ñ.jpg`));
    await s3('sync', album, 's3:album');
    expect(await thumbnails('album/')).toHaveLength(200);

    for (let i = 0; i < 50; i++) rmSync(join(album, `${i} ñ.jpg`));
    await s3('sync', '--delete', album, 's3:album');
    expect(await thumbnails('album/')).toHaveLength(150);

    await s3('mv', 's3:album/199 ñ.jpg', 's3:moved/199 ñ.jpg');
    expect(await thumbnails('album/')).toHaveLength(149);
    expect(await thumbnails('moved/')).toEqual(['miniaturas/moved/199 ñ.jpg']);

    await s3('rm', '--recursive', 's3:album');
    expect(await thumbnails('album/')).toEqual([]);
  });

  test('an overwritten image gets a new thumbnail', async () => {
    const upright = join(folder, 'upright.jpg');
    writeFileSync(upright, await photo({ width: 480, height: 640 }));
    await s3('cp', file, 's3:changing.jpg');
    await s3('cp', upright, 's3:changing.jpg');
    expect(await miniaturas.image('miniaturas/changing.jpg')).toMatchObject({ width: 150, height: 200 });
  });
});
