import { readdirSync, readFileSync } from 'node:fs';

const folders = readdirSync('layers', { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'dist')
  .map(({ name }) => name);

test.each(folders)('every package of the layer %s is pinned by the hash of its content', name => {
  const { packages } = JSON.parse(readFileSync(`layers/${name}/package-lock.json`, 'utf8'));
  const unpinned = Object.entries<{ integrity?: string }>(packages)
    .filter(([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'))
    .map(([path]) => path);
  expect(unpinned).toEqual([]);
});
