import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires } from '../support/requires';
import { synthesize } from '../template/synthesize';
import { CONFIGURATIONS } from './configurations';
import { command, PYTHON, venvProgram } from './shell';

/**
 * W3005, a DependsOn that a GetAtt implies: CDK lets the function wait for its role *and* the role's policy, the bucket for the
 * queue *and* the queue's policy. The policies must be waited for, and no GetAtt implies them; naming the other is harmless.
 */
const IGNORED = ['W3005'];

requires(PYTHON, 'MINIATURAS_PYTHON (of a venv with test/deploy/requirements.txt)').describe(
  'cfn-lint',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'miniaturas-lint-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    test.each(Object.keys(CONFIGURATIONS))('finds nothing to say of the template: %s', async name => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(synthesize(CONFIGURATIONS[name]).toJSON()));
      // Ends with another code than 0 for an error or a warning.
      const output = await command(venvProgram('cfn-lint'), ['--ignore-checks', ...IGNORED, '--', file], {
        env: process.env,
        moreOnFailure: () => '',
      });
      expect(output).toBe('');
    });
  },
);
