import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files';
import { hashContent } from './hash';
import { KINDS } from './kinds';
import { type BuiltLayer, buildFolder, type Contents, type Layer, readBuild } from './layer';
import { type Manifest, readManifest } from './manifest';
import { verify } from './verify';
import { zipLayer } from './zip';

/**
 * A build that `npm run layers` has not found up to date for so long is in use by no process: synth copies the zip a
 * moment after that. Nor is a staging folder of that age: a build takes seconds. ms
 */
const UNUSED_AFTER = 60 * 60 * 1000;

/** A layer that is there, and what was done for that. */
export interface Build extends BuiltLayer {
  readonly wasUpToDate: boolean;
  /** Why its packages were not loaded after it was built, as far as this build did that. */
  readonly notLoaded?: string;
}

/**
 * Builds a layer unless its build exists. It is made in a staging folder, verified, and moved into place by one rename:
 * an interrupted build leaves nothing that looks like one, and processes that build the same layer do not disturb each
 * other.
 *
 * @throws Error that says what is wrong with the layer, or with npm or pip
 */
export function buildLayer(layer: Layer): Build {
  const folder = buildFolder(layer);
  if (existsSync(folder)) {
    markUsed(folder);
    return { ...readBuild(layer, folder), wasUpToDate: true };
  }
  mkdirSync(layer.builds, { recursive: true });
  // Beside the build: a rename does not cross file systems.
  const staging = mkdtempSync(join(layer.builds, '.staging-'));
  try {
    const opt = join(staging, 'opt');
    const build = join(staging, 'build');
    const manifest = readManifest(layer.source);
    const notLoaded = assemble(opt, layer, manifest);
    write(build, opt, manifest);
    if (buildFolder(layer) !== folder)
      throw new Error('Its files changed meanwhile: run `npm run layers` again.');
    move(build, folder);
    removeUnused(layer.builds, staging);
    return { ...readBuild(layer, folder), wasUpToDate: false, ...(notLoaded && { notLoaded }) };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Makes the folder that Lambda is to unpack to /opt, and checks it.
 *
 * @returns why its packages were not loaded; `undefined` if they were
 */
function assemble(opt: string, { source, architecture }: Layer, manifest: Manifest): string | undefined {
  const kind = KINDS[manifest.kind];
  mkdirSync(opt);
  if (manifest.packages.length > 0) kind.install(opt, { source, architecture }, manifest);
  const own = join(source, 'opt');
  // Links are copied as they are, and `verify` checks where they lead.
  if (existsSync(own)) cpSync(own, opt, { recursive: true, verbatimSymlinks: true });

  throwUnlessEmpty(verify(opt, architecture, manifest));
  if (manifest.packages.length === 0) return undefined;
  const loading = kind.load(opt, architecture, manifest);
  if ('notLoaded' in loading) return loading.notLoaded;
  throwUnlessEmpty(loading.problems);
  return undefined;
}

function throwUnlessEmpty(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Writes the two files of a build: `layer.zip` and `layer.json`. */
function write(build: string, opt: string, { kind }: Manifest): void {
  const zip = zipLayer(opt);
  const files = listFiles(opt);
  const contents: Contents = {
    content: hashContent(opt),
    packages: KINDS[kind].countPackages(opt, files),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    zippedBytes: zip.byteLength,
  };
  mkdirSync(build);
  writeFileSync(join(build, 'layer.zip'), zip);
  writeFileSync(join(build, 'layer.json'), JSON.stringify(contents));
}

function move(build: string, folder: string): void {
  try {
    renameSync(build, folder);
  } catch (error) {
    // Another process was faster: its build is the same as ours.
    if (!existsSync(folder)) throw error;
  }
}

function markUsed(folder: string): void {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // It belongs to another user, or to a file system that is read-only.
  }
}

/** Removes older builds of the layer, and staging folders of builds that were killed. */
function removeUnused(builds: string, staging: string): void {
  for (const name of readdirSync(builds)) {
    const path = join(builds, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - used < UNUSED_AFTER) continue;
    try {
      // Renamed first: a build that is half removed would be taken for a whole one.
      renameSync(path, join(staging, name));
    } catch {
      // Another process removes it, or has it open.
    }
  }
}
