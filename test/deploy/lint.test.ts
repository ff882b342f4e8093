import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../template/synthesize';
import { CONFIGURATIONS } from './configurations';
import { command, PYTHON, venvProgram } from './shell';

(PYTHON ? describe : describe.skip)('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'miniaturas-lint-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.keys(CONFIGURATIONS))('finds nothing to say of the template: %s', async name => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(synthesize(CONFIGURATIONS[name]).toJSON()));
    // Ends with another code than 0 for an error, a warning or a hint. No rule is ignored.
    const output = await command(venvProgram('cfn-lint'), ['--include-checks', 'I', '--', file], {
      env: process.env,
      moreOnFailure: () => '',
    });
    expect(output).toBe('');
  });
});
