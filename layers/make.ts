import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles, listPackages } from './files';
import { fillLayer } from './fill';
import type { Layer } from './paths';
import { place } from './place';
import { builtStamp, hashContent, hashInputs, hashOutline, type Stamp } from './stamp';
import { openWorkshop } from './workshop';
import { zipLayer } from './zip';

/** A layer that is now built, and whether it was before. */
export type Made = Stamp & { readonly wasUpToDate: boolean };

/**
 * Makes a layer if it is not up to date. Nothing is seen of it until it is complete and verified, and any number of
 * processes may make the same one at once.
 *
 * @throws Error that says what is wrong with the layer, or with npm
 */
export function makeLayer(layer: Layer): Made {
  const existing = builtStamp(layer);
  if (existing) return { ...existing, wasUpToDate: true };

  // Taken before anything is read: what changes meanwhile makes the layer out of date, not wrong.
  const inputs = hashInputs(layer.source);
  const workshop = openWorkshop(dirname(layer.directory));
  try {
    const directory = join(workshop, 'layer');
    fillLayer(directory, layer);
    const zip = zipLayer(directory);
    writeFileSync(join(workshop, 'layer.zip'), zip);
    const files = listFiles(directory);
    const stamp: Stamp = {
      inputs,
      outline: hashOutline(directory),
      content: hashContent(directory),
      packages: listPackages(directory, files).length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      zippedBytes: zip.byteLength,
    };
    writeFileSync(join(workshop, 'stamp.json'), JSON.stringify(stamp));
    place(layer, workshop);
    return { ...stamp, wasUpToDate: false };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}
