import { App } from 'aws-cdk-lib';
import { context } from '../../cdk.json';
import { ConfigError, loadConfig } from '../../lib/config/load';
import { HttpLayerStack } from './lib/http-layer-stack';

// With the context of Miniaturas: the same CPU, and the folders of thumbnails that nothing is to be fetched into.
const app = new App({ context });
try {
  const { architecture, variants } = loadConfig(app.node);
  const thumbnailPrefixes = [...new Set(variants.map(({ prefix }) => prefix))];
  new HttpLayerStack(app, 'HttpLayer', { architecture, thumbnailPrefixes });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
