import { type Installation, install, photo } from './harness';

const SOURCES = 20;

/** Drops photos and waits until nothing is left to do. */
async function drop({ put, cloud }: Installation): Promise<void> {
  const bytes = await photo();
  await Promise.all(Array.from({ length: SOURCES }, (_, i) => put(`${i}.jpg`, bytes)));
  await cloud.drain();
}

test('thumbnails that keep their source’s extension wake the function once and start nothing', async () => {
  const miniaturas = await install();
  try {
    await drop(miniaturas);
    expect(miniaturas.outcomes('created')).toHaveLength(SOURCES);
    expect(miniaturas.outcomes('skipped')).toHaveLength(SOURCES);
    expect(miniaturas.cloud.counters.notifications).toBe(2 * SOURCES);
    expect(await miniaturas.keys()).toHaveLength(2 * SOURCES);
  } finally {
    await miniaturas.stop();
  }
});

test('thumbnails with a suffix that no filter matches do not even wake the function', async () => {
  const miniaturas = await install({ variants: [{ suffix: '.thumb' }, { suffix: '.tiny', width: 32 }] });
  try {
    await drop(miniaturas);
    expect(miniaturas.outcomes('created')).toHaveLength(SOURCES);
    expect(miniaturas.outcomes('skipped')).toHaveLength(0);
    expect(miniaturas.cloud.counters.notifications).toBe(SOURCES);
    expect(await miniaturas.keys('miniaturas/')).toHaveLength(2 * SOURCES);
  } finally {
    await miniaturas.stop();
  }
});
