import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Layer } from './paths';
import { builtStamp } from './stamp';

/** More than the builds that could ever run at once. */
const MAX_TRIES = 10;

/** What a rename onto a folder that is there fails with, on one system or another. */
const TAKEN = ['ENOTEMPTY', 'EEXIST', 'EPERM'];

/**
 * Moves a finished `layer` folder, its `layer.zip` and its `stamp.json` from a workshop to where they belong. The stamp
 * goes last, so whatever is interrupted is out of date; and it names its folder's contents, so that one build's stamp
 * beside another build's folder is out of date too.
 */
export function place(layer: Layer, workshop: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(join(workshop, 'layer'), layer.directory);
      break;
    } catch (error) {
      if (!TAKEN.includes((error as NodeJS.ErrnoException).code ?? '') || tries === MAX_TRIES) throw error;
    }
    // Another build may have been faster; then its layer is as good as ours, and perhaps being read.
    if (builtStamp(layer)) return;
    moveAside(layer, join(workshop, `replaced-${tries}`));
  }
  renameSync(join(workshop, 'layer.zip'), layer.zip);
  renameSync(join(workshop, 'stamp.json'), layer.stamp);
}

function moveAside({ directory }: Layer, to: string): void {
  try {
    renameSync(directory, to);
  } catch (error) {
    // Another build moved it aside first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
