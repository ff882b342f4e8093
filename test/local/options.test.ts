import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf } from '../../local/drop/files';
import { parseOptions } from '../../local/options';

test('everything has a default', () => {
  expect(parseOptions([])).toMatchObject({ data: '.local', json: false, drop: [], out: '.local/miniaturas' });
});

test('a shell’s list of paths goes to --drop as a whole', () => {
  const options = parseOptions(['--drop', 'a.jpg', 'b.jpg', '--port', '0', 'c.jpg']);
  expect(options).toMatchObject({ drop: ['a.jpg', 'b.jpg', 'c.jpg'], port: 0 });
});

test.each([
  { args: ['--foo'], message: "Unknown option '--foo'" },
  { args: ['photo.jpg'], message: 'To drop it: --drop photo.jpg' },
  { args: ['--port', '99999'], message: 'Expected a port from 0 to 65535 for --port but received "99999"' },
  { args: ['--port', ''], message: 'received ""' },
])('$args is refused in a sentence', ({ args, message }) => {
  expect(() => parseOptions(args)).toThrow(message);
});

describe('folders', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drop-'));
    await mkdir(join(folder, 'photos/año nuevo'), { recursive: true });
    for (const file of ['photos/a.jpg', 'photos/.DS_Store', 'photos/año nuevo/b.jpg', 'a.jpg']) {
      writeFileSync(join(folder, file), '');
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('a folder goes by its name and what is below it, a file by its name', () => {
    expect(filesOf([join(folder, 'photos/'), join(folder, 'a.jpg')]).map(({ key }) => key)).toEqual([
      'photos/a.jpg',
      'photos/año nuevo/b.jpg',
      'a.jpg',
    ]);
  });

  test('two files of one name are not dropped over each other', () => {
    expect(() => filesOf([join(folder, 'a.jpg'), join(folder, 'photos/a.jpg')])).toThrow('different names');
  });
});
