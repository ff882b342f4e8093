import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a rule of cdk-nag does not hold for a construct and what is in it. test/template/nag.test.ts asks for a reason for each
 * finding, and for a finding for each reason. cdk-nag itself is needed by that test only.
 *
 * @param reasons by the rule's id, such as `AwsSolutions-S1`
 */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}

/** The same for resources in a policy that end in `*`. */
export function acknowledgeWildcards(construct: IConstruct, arns: readonly string[], reason: string): void {
  const stack = Stack.of(construct);
  const ids = arns.map(arn => `AwsSolutions-IAM5[Resource::${spelled(stack.resolve(arn))}]`);
  acknowledge(construct, Object.fromEntries(ids.map(id => [id, reason])));
}

type Reference = { readonly Ref: string } | { readonly 'Fn::GetAtt': readonly string[] };

/** An ARN as cdk-nag spells it: `<SourceBucket.Arn>/miniaturas/*`. */
function spelled(
  arn: string | { readonly 'Fn::Join': readonly [string, readonly (string | Reference)[]] },
): string {
  if (typeof arn === 'string') return arn;
  const [separator, parts] = arn['Fn::Join'];
  return parts
    .map(part => {
      if (typeof part === 'string') return part;
      return `<${'Ref' in part ? part.Ref : part['Fn::GetAtt'].join('.')}>`;
    })
    .join(separator);
}
