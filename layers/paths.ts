import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './architecture';
import { builtStamp, type Stamp } from './stamp';

/** Where one layer for one CPU comes from and goes to. */
export interface Layer {
  readonly name: string;
  readonly architecture: Architecture;
  /** The folder with the layer's package.json and package-lock.json. */
  readonly source: string;
  /** The folder to make: what Lambda unpacks to /opt. */
  readonly directory: string;
  /** The same, zipped: what is deployed. */
  readonly zip: string;
  /** A file beside it that says what it was made from; not in it, so that it is no part of the layer. */
  readonly stamp: string;
}

/** @param root the folder that holds the layers' folders */
export function locateLayer(name: string, architecture: Architecture, root = __dirname): Layer {
  const directory = join(root, 'dist', `${name}-${architecture}`);
  return {
    name,
    architecture,
    source: join(root, name),
    directory,
    zip: `${directory}.zip`,
    stamp: `${directory}.json`,
  };
}

/** The names of all layers: the folders here that have a package.json. */
export function layerNames(root = __dirname): string[] {
  return readdirSync(root).filter(name => existsSync(join(root, name, 'package.json')));
}

/** A layer that is built, with what its stamp says of it. */
export type BuiltLayer = Layer & Stamp;

/** @throws Error when it is not built, or was built from other files than those of today */
export function builtLayer(name: string, architecture: Architecture, root = __dirname): BuiltLayer {
  const layer = locateLayer(name, architecture, root);
  const stamp = builtStamp(layer);
  if (!stamp) {
    throw new Error(
      `Layer ${name} for ${architecture} is not built, or out of date: run \`npm run layers\`.`,
    );
  }
  return { ...layer, ...stamp };
}

/** The folder of a built layer; the function sees it as /opt. Throws as {@link builtLayer} does. */
export function layerDirectory(name: string, architecture: Architecture, root = __dirname): string {
  return builtLayer(name, architecture, root).directory;
}
