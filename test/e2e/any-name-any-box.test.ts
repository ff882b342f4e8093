import { install, photo } from './harness';

test('one side alone leaves the other free, and enlarge fills the box', async () => {
  const miniaturas = await install({
    variants: [
      { prefix: 'wide/', width: 320 },
      { prefix: 'high/', height: 120 },
      { prefix: 'full/', width: 1280, enlarge: true },
      { prefix: 'small/', width: 1280 },
    ],
  });
  try {
    await miniaturas.put('foto.jpg', await photo({ width: 640, height: 480 }));
    await miniaturas.cloud.drain();
    expect(await miniaturas.image('wide/foto.jpg')).toMatchObject({ width: 320, height: 240 });
    expect(await miniaturas.image('high/foto.jpg')).toMatchObject({ width: 160, height: 120 });
    expect(await miniaturas.image('full/foto.jpg')).toMatchObject({ width: 1280, height: 960 });
    expect(await miniaturas.image('small/foto.jpg')).toMatchObject({ width: 640, height: 480 });
  } finally {
    await miniaturas.stop();
  }
});

test('capitalised extensions are seen, and any suffix will do', async () => {
  const miniaturas = await install({ variants: [{ suffix: '.jpg' }] });
  try {
    for (const key of ['Foto.Jpg', 'Album/Foto.Png', 'foto.JPEG']) await miniaturas.put(key, await photo());
    await miniaturas.cloud.drain();
    expect(await miniaturas.keys('miniaturas/')).toEqual([
      'miniaturas/Album/Foto.Png.jpg',
      'miniaturas/Foto.Jpg.jpg',
      'miniaturas/foto.JPEG.jpg',
    ]);
    expect(miniaturas.outcomes('skipped')).toHaveLength(3);
  } finally {
    await miniaturas.stop();
  }
});

test('where all names are watched, the bytes decide', async () => {
  const miniaturas = await install({ watch: 'all' });
  try {
    for (const key of ['no extension', 'odd.jPg', 'scan.xyz']) await miniaturas.put(key, await photo());
    await miniaturas.put('notes.txt', 'This is a text.');
    await miniaturas.cloud.drain();
    expect(await miniaturas.keys('miniaturas/')).toEqual([
      'miniaturas/no extension',
      'miniaturas/odd.jPg',
      'miniaturas/scan.xyz',
    ]);
    expect(await miniaturas.deadLetters()).toEqual([
      { key: 'notes.txt', reason: 'unsupported', detail: expect.stringContaining('text') },
    ]);
    await miniaturas.remove('scan.xyz');
    await miniaturas.cloud.drain();
    expect(await miniaturas.keys('miniaturas/scan')).toEqual([]);
  } finally {
    await miniaturas.stop();
  }
});
