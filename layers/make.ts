import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listFiles, listPackages } from './files';
import { canLoad, loadProblems } from './load';
import { readManifest } from './manifest';
import { installForLambda } from './npm';
import type { Layer } from './paths';
import { place } from './place';
import { prune } from './prune';
import { builtStamp, hashContents, hashInputs, type Stamp } from './stamp';
import { verify } from './verify';
import { openWorkshop } from './workshop';

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
    fill(directory, layer);
    const files = listFiles(directory);
    const stamp: Stamp = {
      inputs,
      contents: hashContents(directory),
      packages: listPackages(directory, files).length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    writeFileSync(join(workshop, 'stamp.json'), JSON.stringify(stamp));
    place(layer, workshop);
    return { ...stamp, wasUpToDate: false };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function fill(directory: string, { source, architecture }: Layer): void {
  const manifest = readManifest(source);
  const nodejs = join(directory, 'nodejs');
  const npmFiles = ['package.json', 'package-lock.json'];
  mkdirSync(nodejs, { recursive: true });
  for (const name of npmFiles) copyFileSync(join(source, name), join(nodejs, name));
  installForLambda(nodejs, architecture);
  for (const name of npmFiles) rmSync(join(nodejs, name));
  prune(join(nodejs, 'node_modules'), manifest.prune);

  const problems = verify(directory, { architecture, ...manifest });
  if (problems.length === 0 && canLoad(architecture)) {
    problems.push(...loadProblems(directory, manifest.packages));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
