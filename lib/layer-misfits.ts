import { Stack } from 'aws-cdk-lib';
import { CfnFunction, type CfnLayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Architecture } from '../layers/architecture';

/** Lambda's, for a function that names none. */
const DEFAULT_ARCHITECTURE = 'x86_64';

/**
 * Functions of the app that have a layer and run on another CPU than it is for: Lambda would take them, and they would
 * fail when they load the layer.
 *
 * @returns a sentence for each
 */
export function misfits(layer: CfnLayerVersion, architecture: Architecture): string[] {
  // As the layer's own stack sees it, whichever stack the function is in.
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
