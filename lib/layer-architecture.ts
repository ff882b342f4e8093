import { Stack } from 'aws-cdk-lib';
import { CfnFunction, type CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Architecture } from '../layers/architecture';

/** Lambda's own, for a function that names none. */
const DEFAULT_ARCHITECTURE = 'x86_64';

/**
 * Functions of the app that have a layer for another architecture than their own. Lambda would accept them, and they
 * would fail when they load the layer.
 *
 * @returns a sentence for each
 */
export function architectureMismatches(layer: CfnLayerVersion, architecture: Architecture): string[] {
  // Resolved in the layer's stack, so that a function in another stack refers to it by the same words.
  const stack = Stack.of(layer);
  const reference = JSON.stringify(stack.resolve(layer.ref));
  return layer.node.root.node
    .findAll()
    .filter(construct => construct instanceof CfnFunction)
    .filter(({ layers }) => {
      const references: readonly unknown[] = stack.resolve(layers) ?? [];
      return references.some(one => JSON.stringify(one) === reference);
    })
    .map(({ node, architectures: [own = DEFAULT_ARCHITECTURE] = [] }) => ({ path: node.path, own }))
    .filter(({ own }) => own !== architecture)
    .map(({ path, own }) => `Function ${path} runs on ${own} and cannot load a layer for ${architecture}.`);
}
