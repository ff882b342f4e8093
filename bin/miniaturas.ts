import { App } from 'aws-cdk-lib';
import { ConfigError, loadConfig } from '../lib/config/load';
import { MiniaturasStack } from '../lib/miniaturas-stack';
import { summary } from '../lib/summary';
import { versionOf } from '../lib/version';

const app = new App();
try {
  const config = loadConfig(app.node);
  const { stackName, env, tags } = config;
  new MiniaturasStack(app, stackName, { config, env, tags, version: versionOf(__dirname) });
  // Not as CDK's own notes, which its CLI leaves out as soon as there are warnings.
  console.error(summary(config).join('\n'));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
