import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { filesOf } from '../../ops/drop/files';
import { parseOptions } from '../../ops/options';

test('everything has a default', () => {
  expect(parseOptions([])).toMatchObject({ data: '.local', json: false, drop: [], out: '.local/miniaturas' });
});

test('a shell’s list of paths goes to --drop as a whole', () => {
  const options = parseOptions(['--drop', 'a.jpg', 'b.jpg', '--port', '0', 'c.jpg']);
  expect(options).toMatchObject({ drop: ['a.jpg', 'b.jpg', 'c.jpg'], port: 0 });
});

test('--app names further apps', () => {
  expect(parseOptions([]).apps).toEqual([]);
  expect(parseOptions(['--app', 'a', '--app', 'b']).apps).toEqual(['a', 'b']);
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
    expect(filesOf([join(folder, 'photos/'), join(folder, 'a.jpg')]).files.map(({ key }) => key)).toEqual([
      'photos/a.jpg',
      'photos/año nuevo/b.jpg',
      'a.jpg',
    ]);
  });

  test('each regular file is found once; circular links, broken links and pipes are named', () => {
    const at = (name: string) => join(folder, 'photos', name);
    symlinkSync(folder, at('0 parent'));
    symlinkSync(at('a.jpg'), at('0 again.jpg'));
    symlinkSync(at('nowhere'), at('0 broken.jpg'));
    symlinkSync(at('0 self'), at('0 self'));
    execFileSync('mkfifo', [at('0 pipe.jpg')]);
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'c.jpg'), '');
    symlinkSync(outside, at('0 outside'));

    const { files, leftOut } = filesOf([join(folder, 'photos')]);
    rmSync(outside, { recursive: true });
    expect(files.map(({ key }) => key)).toEqual([
      'photos/a.jpg',
      'photos/año nuevo/b.jpg',
      'photos/0 outside/c.jpg',
      'photos/0 parent/a.jpg',
    ]);
    expect(leftOut.map(({ path, why }) => [relative(folder, path), why])).toEqual([
      ['photos/0 pipe.jpg', 'is a named pipe'],
      ['photos/0 again.jpg', 'leads to what is dropped already'],
      ['photos/0 broken.jpg', 'leads nowhere'],
      ['photos/0 parent/photos', 'leads to what is dropped already'],
      ['photos/0 self', 'leads nowhere'],
    ]);
  });

  test('two files of one name are not dropped over each other', () => {
    expect(() => filesOf([join(folder, 'a.jpg'), join(folder, 'photos/a.jpg')])).toThrow('different names');
  });
});
