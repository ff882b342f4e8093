import { jsonReport, textReport } from '../../ops/drop/report';
import type { Source } from '../../ops/drop/source';

const variants: Source['variants'] = [
  {
    prefix: 'miniaturas/',
    suffix: '',
    fit: 'inside',
    position: 'centre',
    format: 'jpeg',
    background: '#ffffff',
    animated: false,
  },
];
const copy = { path: 'out/a.jpg', width: 200, height: 150, bytes: 1000, ms: 50 };

function created(count: number): Source[] {
  return Array.from({ length: count }, (_, i) => {
    const key = `${i}.jpg`;
    return { path: key, key, variants, copies: new Map([[`miniaturas/${key}`, copy]]) };
  });
}

function failed(count: number): Source[] {
  return Array.from({ length: count }, (_, i) => {
    const key = `bad ${i}.jpg`;
    return { path: key, key, variants, copies: new Map(), failure: 'damaged: It is bad.' };
  });
}

function skipped(count: number, fault = false) {
  return Array.from({ length: count }, (_, i) => ({ path: `${i}.txt`, why: 'is no image', fault }));
}

test('up to 20 thumbnails have a line each', () => {
  expect(textReport({ sources: created(20), skipped: [], out: 'out' }, false)).toEqual([
    ...Array(20).fill('out/a.jpg  200 × 150 px  1000 bytes  50 ms'),
    '20 of 20 images have their thumbnails, in out.',
  ]);
});

test('of more, only the summary is left, unless --verbose wants them all', () => {
  const report = { sources: created(21), skipped: skipped(21), out: 'out' };
  expect(textReport(report, false)).toEqual([
    '21 files skipped: each is no image.',
    '21 of 21 images have their thumbnails, in out.',
    '(--verbose lists them.)',
  ]);
  expect(textReport(report, true)).toHaveLength(43);
});

test('however many there are, each failure has its line', () => {
  const report = { sources: [...created(30), ...failed(30)], skipped: skipped(25, true), out: 'out' };
  const lines = textReport(report, false);
  expect(lines.filter(line => line.includes(': no thumbnail. damaged: It is bad.'))).toHaveLength(30);
  expect(lines.filter(line => line.includes('.txt: skipped, it is no image.'))).toHaveLength(25);
  expect(lines).toHaveLength(57);
});

test('--json has a line for each result', () => {
  const report = { sources: [...created(30), ...failed(30)], skipped: skipped(30), out: 'out' };
  const outcomes = jsonReport(report).map(line => JSON.parse(line).outcome);
  expect(outcomes).toEqual(['skipped', 'created', 'failed'].flatMap(outcome => Array(30).fill(outcome)));
});
