import { App } from 'aws-cdk-lib';
import { ConfigError, loadConfig } from '../lib/config/load';
import { MiniaturasStack } from '../lib/miniaturas-stack';

const app = new App();
try {
  new MiniaturasStack(app, 'Miniaturas', { config: loadConfig(app.node) });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
