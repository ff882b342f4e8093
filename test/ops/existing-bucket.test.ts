import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { localClients } from '../../ops/connection';
import { bucketNameOf, checkFolder } from '../../ops/existing-bucket';
import { writeAssembly } from '../local/fixture';
import { firstLine, runCommand, startCommand } from './installation';

let folder: string;
let photos: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bucket-'));
  photos = join(folder, 'Fotos de España');
  mkdirSync(join(photos, '2024'), { recursive: true });
  for (const file of ['a.jpg', '2024/b.JPG', 'notes.txt']) writeFileSync(join(photos, file), file);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const data = () => join(folder, 'data');

describe('npm start -- --bucket DIR', () => {
  const options = (...others: string[]) => [
    ...['--assembly', join(folder, 'cdk.out'), '--data', data(), '--bucket', photos],
    ...['--json', '--port', '0', ...others],
  ];

  /** An app that uses the bucket `fotos` and makes none. */
  function writeApp(): void {
    writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), {
      environment: {
        MINIATURAS_SETTINGS: JSON.stringify({ variants: [{ prefix: 'miniaturas/' }], extensions: ['jpg'] }),
      },
    });
    const file = join(folder, 'cdk.out/Fixture.template.json');
    const template = JSON.parse(readFileSync(file, 'utf8'));
    template.Outputs.BucketName.Value = 'fotos';
    writeFileSync(file, JSON.stringify(template));
  }

  test('the files are in the bucket; what S3 changes leaves them as they are; a second start syncs', async () => {
    writeApp();
    const first = startCommand('start', options());
    const connection = JSON.parse(await firstLine(first.child));
    expect(Object.keys(connection)).toEqual(['s3', 'bucket', 'queueUrl', 'deadLetterQueueUrl']);
    expect(await keysIn(connection)).toEqual(['2024/b.JPG', 'a.jpg', 'notes.txt']);
    const { s3 } = localClients(connection.s3);
    await s3.send(new PutObjectCommand({ Bucket: 'fotos', Key: 'a.jpg', Body: 'replaced' }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'fotos', Key: 'notes.txt' }));
    first.child.kill('SIGINT');
    const { code, err } = await first.said;
    expect(code).toBe(0);
    expect(err).toContain(
      `2 images in the existing bucket; \`npm run backfill -- --local --data ${data()}\` makes their thumbnails.`,
    );
    expect(readFileSync(join(photos, 'a.jpg'), 'utf8')).toBe('a.jpg');
    expect(readdirSync(photos).sort()).toEqual(['2024', 'a.jpg', 'notes.txt']);

    writeFileSync(join(photos, 'c.jpg'), 'c');
    rmSync(join(photos, '2024/b.JPG'));
    const second = startCommand('start', options());
    expect(await keysIn(JSON.parse(await firstLine(second.child)))).toEqual(['a.jpg', 'c.jpg']);
    second.child.kill('SIGINT');
    expect((await second.said).code).toBe(0);
  });

  test('an app that makes its bucket is refused', async () => {
    writeAssembly(join(folder, 'cdk.out'), join(folder, 'records'), {});
    const { code, err } = await runCommand('start', options());
    expect(code).not.toBe(0);
    expect(err).toContain('Expected an app with the setting bucketName for --bucket');
  });

  async function keysIn({ s3, bucket }: { s3: string; bucket: string }): Promise<unknown> {
    const client = localClients(s3).s3;
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key);
  }
});

test('a folder’s bucket has a name that S3 takes, and no other folder’s', () => {
  expect(bucketNameOf(photos)).toMatch(/^fotos-de-espana-[0-9a-f]{8}$/);
  for (const name of ['図', 'x'.repeat(100), '-..-', 'años/Fotos de España']) {
    mkdirSync(join(folder, name), { recursive: true });
    const bucket = bucketNameOf(join(folder, name));
    expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    expect(bucket).not.toBe(bucketNameOf(photos));
  }
  symlinkSync(photos, join(folder, 'link'));
  expect(bucketNameOf(join(folder, 'link'))).toBe(bucketNameOf(photos));
});

test('what is no folder of images is refused in a sentence', () => {
  const at = (...path: string[]) => join(folder, ...path);
  mkdirSync(at('empty/.hidden'), { recursive: true });
  writeFileSync(at('empty/.DS_Store'), '');
  mkdirSync(at('data/objects'), { recursive: true });
  symlinkSync(at('data/objects'), at('link'));
  const why = (path: string, dataFolder = data()) => {
    expect(() => checkFolder(path, dataFolder)).toThrow(
      `Expected a folder of images for --bucket but received ${path}, `,
    );
    try {
      checkFolder(path, dataFolder);
    } catch (error) {
      return (error as Error).message.split(`received ${path}, `)[1];
    }
    return undefined;
  };
  expect(why(at('none'))).toBe('which is not there.');
  expect(why(join(photos, 'a.jpg'))).toBe('which is a file.');
  expect(why(join(photos, 'a.jpg/b'))).toMatch(/^which (is not there|cannot be read \(ENOTDIR\))\.$/);
  expect(why(at('empty'))).toBe('which has no files (hidden ones are left out).');
  expect(why(data())).toBe(`which lies in the data folder ${data()}.`);
  expect(why(at('data/objects'))).toBe(`which lies in the data folder ${data()}.`);
  expect(why(at('link'))).toBe(`which lies in the data folder ${data()}.`);
  const inside = join(photos, 'new/data');
  expect(why(photos, inside)).toBe(`in which the data folder ${inside} lies; another one: --data DIR.`);
  expect(() => checkFolder(photos, join(photos, '.local'))).not.toThrow();
  expect(() => checkFolder(photos, data())).not.toThrow();
});
