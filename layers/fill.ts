import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackage } from './bundle';
import { listFiles, readEntry } from './files';
import { canLoad, loadProblems } from './load';
import { readManifest } from './manifest';
import { EXECUTABLE } from './mode';
import { installForLambda } from './npm';
import type { Layer } from './paths';
import { prune } from './prune';
import { verify } from './verify';

/**
 * Fills a new folder with all that a layer holds, and proves it.
 *
 * @throws Error with a sentence for each thing that is wrong
 */
export function fillLayer(directory: string, { source, architecture }: Layer): void {
  const manifest = readManifest(source);
  mkdirSync(directory, { recursive: true });
  if (manifest.packages.length > 0) {
    const nodejs = join(directory, 'nodejs');
    installPackages(nodejs, { source, architecture });
    const nodeModules = join(nodejs, 'node_modules');
    prune(nodeModules, manifest.prune);
    for (const [name, lookedInto] of Object.entries(manifest.bundle))
      bundlePackage(nodeModules, name, lookedInto);
  }
  const opt = join(source, 'opt');
  // Links stay as they are written, for `verify` to judge.
  if (existsSync(opt)) cpSync(opt, directory, { recursive: true, verbatimSymlinks: true });
  openToAll(directory);

  const problems = verify(directory, { architecture, ...manifest });
  if (problems.length === 0 && canLoad(architecture)) {
    problems.push(...loadProblems(directory, manifest.packages));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function installPackages(nodejs: string, { source, architecture }: Pick<Layer, 'source' | 'architecture'>) {
  const npmFiles = ['package.json', 'package-lock.json'].filter(name => existsSync(join(source, name)));
  mkdirSync(nodejs, { recursive: true });
  for (const name of npmFiles) copyFileSync(join(source, name), join(nodejs, name));
  installForLambda(nodejs, architecture);
  for (const name of npmFiles) rmSync(join(nodejs, name));
}

/** Gives the folder on disk the permissions that the zip has, whatever the umask: it is what the local cloud runs. */
function openToAll(directory: string): void {
  for (const entry of listFiles(directory)) {
    if (!entry.isLink) chmodSync(join(directory, entry.path), readEntry(directory, entry).mode);
  }
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), EXECUTABLE);
  }
  chmodSync(directory, EXECUTABLE);
}
