import { resolveIntrinsics } from '../../local/template/intrinsics';

const scope = {
  ref: (name: string) => `<${name}>`,
  attribute: (logicalId: string, name: string) => `<${logicalId}.${name}>`,
};

test.each([
  { of: 'plain values', value: { a: [1, true, null, 'x'] }, expected: { a: [1, true, null, 'x'] } },
  { of: 'Ref', value: { a: { Ref: 'Queue' } }, expected: { a: '<Queue>' } },
  { of: 'NoValue', value: { a: { Ref: 'AWS::NoValue' }, b: 1 }, expected: { b: 1 } },
  { of: 'GetAtt', value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, expected: '<Queue.Arn>' },
  { of: 'GetAtt as text', value: { 'Fn::GetAtt': 'Queue.Arn' }, expected: '<Queue.Arn>' },
  {
    of: 'Join',
    value: { 'Fn::Join': ['/', ['a', { Ref: 'AWS::Region' }]] },
    expected: 'a/<AWS::Region>',
  },
  {
    of: 'Sub',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
    value: { 'Fn::Sub': '${AWS::Region}-${Queue.Arn}-${!Literal}' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    expected: '<AWS::Region>-<Queue.Arn>-${Literal}',
  },
  {
    of: 'Sub with variables',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    value: { 'Fn::Sub': ['${mine}', { mine: { Ref: 'Bucket' } }] },
    expected: '<Bucket>',
  },
  {
    of: 'Select and Split',
    value: { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] },
    expected: 'b',
  },
])('resolves $of', ({ value, expected }) => {
  expect(resolveIntrinsics(value, scope)).toEqual(expected);
});

test('names an intrinsic that it does not know', () => {
  expect(() => resolveIntrinsics({ 'Fn::ImportValue': 'x' }, scope)).toThrow('received Fn::ImportValue');
});
