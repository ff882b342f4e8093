import { existsSync } from 'node:fs';
import { join } from 'node:path';

const OPT = '/opt/';

/**
 * The path on this machine of a file below /opt. Lambda unpacks all layers of a function to /opt, later ones over
 * earlier ones; here each layer has its own folder.
 *
 * @param value a variable of the function's environment
 * @param layers the layers' folders, in their order
 * @returns the file's path here for a path below /opt that a layer has; any other value as it is
 */
export function withoutOpt(value: string, layers: readonly string[]): string {
  if (!value.startsWith(OPT)) return value;
  const path = value.slice(OPT.length);
  return layers.map(layer => join(layer, path)).findLast(existsSync) ?? value;
}
