import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { CONFIGURATIONS } from '../deploy/configurations';
import { stackOf } from './synthesize';

const PACKS: readonly (readonly [string, () => NagPack])[] = [
  ['AwsSolutions', () => new AwsSolutionsChecks()],
  ['Serverless', () => new ServerlessChecks()],
];

/** What a pack finds, as `rule: construct`. */
function findings(pack: NagPack, scope: IConstruct): string[] {
  return pack
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName}: ${constructPath}`),
    );
}

describe.each(PACKS)('cdk-nag’s pack %s', (_, pack) => {
  test.each(Object.entries(CONFIGURATIONS))(
    'finds nothing without a reason in the code: %s',
    (_, settings) => {
      expect(findings(pack(), stackOf(settings))).toEqual([]);
    },
  );
});

test('no reason is left over: each answers a finding', () => {
  const stacks = Object.values(CONFIGURATIONS).map(stackOf);
  const found = PACKS.flatMap(([, pack]) =>
    stacks.flatMap(stack =>
      // With no reason heard.
      findings(Object.assign(pack(), { isAcknowledged: () => false }), stack),
    ),
  ).map(finding => finding.slice(0, finding.indexOf(': ')));
  const given = stacks.flatMap(stack =>
    stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data)),
  );
  const left = new Set(given.map(id => id.replace(/^annotation::/i, '')).filter(id => !found.includes(id)));
  expect([...left]).toEqual([]);
});
