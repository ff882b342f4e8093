import { mixOf } from '../../ops/mix';
import { UsageError } from '../../ops/usage-error';

test.each([
  ['jpeg=100', { jpeg: 1 }],
  ['heic=60,jpeg=40', { heic: 0.6, jpeg: 0.4 }],
  [' HEIC = 60 , jpeg = 40 ', { heic: 0.6, jpeg: 0.4 }],
  ['heic=0,jpeg=100', { heic: 0, jpeg: 1 }],
])('%p', (text, mix) => {
  expect(mixOf(text)).toEqual(mix);
});

test('thirds with decimals are a whole', () => {
  const { jpeg = 0, heic = 0, png = 0 } = mixOf('jpeg=33.3,heic=33.3,png=33.3');
  expect(jpeg + heic + png).toBeCloseTo(1, 12);
});

test.each([
  ['', 'Expected formats of jpeg, .* for --mix but received nothing.'],
  ['hiec=100', 'Expected formats of jpeg, .* but received hiec.'],
  ['jpeg', 'Expected a percentage behind jpeg, such as jpeg=60, for --mix but received jpeg.'],
  ['jpeg=all', 'Expected a percentage behind jpeg'],
  ['jpeg=-20,heic=120', 'Expected a percentage behind jpeg'],
  ['jpeg=60=40', 'Expected a percentage behind jpeg'],
  ['jpeg=50,jpeg=50', 'Expected each format once'],
  ['heic=60,jpeg=39', 'Expected percentages that sum to 100 for --mix but received .* which sums to 99.'],
  ['heic=60,jpeg=41', 'which sums to 101.'],
  ['heic=0', 'which sums to 0.'],
])('%p is refused', (text, sentence) => {
  expect(() => mixOf(text)).toThrow(UsageError);
  expect(() => mixOf(text)).toThrow(new RegExp(sentence));
});
