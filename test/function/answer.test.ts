import { answer } from '../../lambda/thumbnail/answer';
import type { Outcome } from '../../lambda/thumbnail/model/outcome';

const created: Outcome = {
  outcome: 'created',
  source: { bytes: 1, format: 'jpeg', width: 1, height: 1, decoder: 'sharp', damaged: false },
  thumbnails: [],
};

test('one thumbnail is answered as the documents do', () => {
  expect(answer([{ key: 'foto.jpg', outcome: created }])).toEqual({
    statusCode: 200,
    body: 'Miniatura de foto.jpg generada con éxito.',
  });
});

test('every source has its line', () => {
  const detail = 'The source has no bytes.';
  const { statusCode, body } = answer([
    { key: 'a.jpg', outcome: created },
    { key: 'b.jpg', outcome: { outcome: 'removed' } },
    { key: 'miniaturas/a.jpg', outcome: { outcome: 'skipped', reason: 'lies where thumbnails do' } },
    { key: 'c.jpg', outcome: { outcome: 'rejected', reason: 'empty', detail } },
  ]);
  expect(statusCode).toBe(422);
  expect(body.split('\n')).toEqual([
    'Miniatura de a.jpg generada con éxito.',
    'Miniatura de b.jpg eliminada: el original ya no existe.',
    'Miniatura de miniaturas/a.jpg omitida: no es un original.',
    'Miniatura de c.jpg no generada: el archivo está vacío.',
  ]);
});
