import { readFileSync } from 'node:fs';
import { RootConstruct } from 'constructs';
import type { Config } from './config';
import { loadConfig } from './load';

/**
 * The configuration as synth sees it, for commands that do not synthesize.
 *
 * @param overrides settings by name, as `-c name=value` gives them to the CDK CLI; what is undefined is left out
 * @throws ConfigError, and the faults of reading a file of JSON
 */
export function configOf(
  cdkJson: string,
  overrides: Readonly<Record<string, string | undefined>> = {},
): Config {
  const { context = {} } = JSON.parse(readFileSync(cdkJson, 'utf8'));
  const { node } = new RootConstruct();
  for (const [name, value] of Object.entries({ ...context, ...overrides })) {
    if (value !== undefined) node.setContext(name, value);
  }
  return loadConfig(node);
}
