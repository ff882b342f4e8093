import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from './architecture';
import { hashInputs } from './hash';
import { isLayer } from './manifest';

/** Where one layer for one CPU comes from and goes to. */
export interface Layer {
  readonly name: string;
  readonly architecture: Architecture;
  /** The folder with the layer's package.json or requirements.txt, and opt/. */
  readonly source: string;
  /** The folder of its builds. Each is a folder named by {@link hashInputs}: if it exists, it is complete. */
  readonly builds: string;
}

/** What `layer.json` of a build says. */
export interface Contents {
  /** Hash of all that the layer holds, the same on every host: a new version of the layer is one with another hash. */
  readonly content: string;
  readonly packages: number;
  /** Unzipped size. */
  readonly bytes: number;
  readonly zippedBytes: number;
}

export interface BuiltLayer extends Layer, Contents {
  /** Path of the zip: what is deployed. */
  readonly zip: string;
}

/** @param root the folder that holds the layers' folders */
export function locateLayer(name: string, architecture: Architecture, root = __dirname): Layer {
  const builds = join(root, 'dist', `${name}-${architecture}`);
  return { name, architecture, source: join(root, name), builds };
}

/** The names of all layers: the folders here that have a package.json or a requirements.txt. */
export function layerNames(root = __dirname): string[] {
  return readdirSync(root).filter(name => isLayer(join(root, name)));
}

/** Where the build of the files as they are now belongs. */
export function buildFolder({ source, builds }: Layer): string {
  return join(builds, hashInputs(source));
}

/** What a build folder holds. */
export function readBuild(layer: Layer, folder: string): BuiltLayer {
  const contents = JSON.parse(readFileSync(join(folder, 'layer.json'), 'utf8')) as Contents;
  return { ...layer, ...contents, zip: join(folder, 'layer.zip') };
}

/** @throws Error when it is not built, or was built from other files than those of now */
export function builtLayer(name: string, architecture: Architecture, root?: string): BuiltLayer {
  const layer = locateLayer(name, architecture, root);
  const folder = buildFolder(layer);
  if (existsSync(folder)) return readBuild(layer, folder);
  throw new Error(`Layer ${name} for ${architecture} is not built, or out of date: run \`npm run layers\`.`);
}
