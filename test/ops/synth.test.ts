import { outputOf } from '../../ops/synth';

test('apps in two folders of one name are synthesized apart', () => {
  expect(outputOf('a/infra', '.local')).not.toBe(outputOf('b/infra', '.local'));
  expect(outputOf('a/infra', '.local')).toBe(outputOf('./a/infra/', '.local'));
});
