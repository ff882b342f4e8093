// npm run test:cloud: the end-to-end checks against a stack that is deployed, on AWS or wherever AWS_ENDPOINT_URL says.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { run } from '../../ops/run';
import { stackOutputs } from '../../ops/target';
import { TARGET_VARIABLE, type Target } from './attach';

const HELP = `npm run test:cloud -- [--stack NAME]

Runs the end-to-end checks of test/e2e/thumbnails.test.ts against a deployed stack (default Miniaturas) whose first
variant is the default one. Credentials and region as for the AWS CLI. It works in a folder of its own in the bucket and
empties it at the end.`;

run(async () => {
  const { values } = parseArgs({
    options: {
      stack: { type: 'string', default: 'Miniaturas' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const target: Target = {
    endpoint: process.env.AWS_ENDPOINT_URL,
    region: await new CloudFormationClient({}).config.region(),
    outputs: await stackOutputs(values.stack),
  };
  const jest = spawn('npm', ['run', '--silent', 'jest', '--', 'test/e2e/thumbnails.test.ts'], {
    env: { ...process.env, [TARGET_VARIABLE]: JSON.stringify(target) },
    stdio: 'inherit',
  });
  jest.on('close', code => {
    process.exitCode = code ?? 1;
  });
});
