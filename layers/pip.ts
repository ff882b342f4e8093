import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Architecture } from './architecture';
import { findPip } from './python';

/** The name of each CPU in the tags of wheels. */
const WHEEL_CPU = { arm64: 'aarch64', x86_64: 'x86_64' } as const satisfies Record<Architecture, string>;

/** The oldest glibc that wheels are tagged for (manylinux1). https://peps.python.org/pep-0600/ */
const OLDEST_GLIBC_MINOR = 5;

/** Of a Lambda runtime, what decides which wheels run on it. */
export interface Target {
  readonly architecture: Architecture;
  /** Version of Python, as in `3.14`. */
  readonly version: string;
  /** Minor version of glibc 2. */
  readonly glibc: number;
}

/**
 * Installs the wheels of a layer for Lambda, whatever this host is. Nothing is built from source: that would be for the
 * host. pip honours the hashes of requirements.txt; with one, it demands all.
 *
 * @param source the folder with requirements.txt
 * @param into the folder that gets the packages; it is made
 * @throws PipMissing, or Error with pip's own words and what to do
 */
export function installWheels(source: string, into: string, target: Target): void {
  const where = ['--requirement', join(source, 'requirements.txt'), '--target', into];
  const platforms = platformsOf(target).flatMap(name => ['--platform', name]);
  const what = ['--python-version', target.version, '--implementation', 'cp', '--only-binary=:all:'];
  const how = ['--no-compile', '--no-input', '--quiet', '--disable-pip-version-check'];
  const python = findPip(target.version);
  const { status, signal, stderr } = spawnSync(
    python,
    ['-m', 'pip', 'install', ...where, ...platforms, ...what, ...how],
    // Settings of the host's that contradict --target, or look for another place than it.
    { encoding: 'utf8', env: { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' } },
  );
  if (status === 0) return;
  throw new Error(
    `pip failed (${signal ?? `exit code ${status}`}):${complaint(stderr)}\n${remedy(stderr, target)}`,
  );
}

/** All platforms whose wheels run there, the newest first: pip does not infer the older ones. */
function platformsOf({ architecture, glibc }: Target): readonly string[] {
  const cpu = WHEEL_CPU[architecture];
  const minors = Array.from({ length: glibc - OLDEST_GLIBC_MINOR + 1 }, (_, i) => glibc - i);
  return [...minors.map(minor => `manylinux_2_${minor}_${cpu}`), `manylinux2014_${cpu}`];
}

/** What pip says first: a search through hundreds of versions may follow. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /^(ERROR|WARNING): /.test(line));
  return lines
    .slice(0, 5)
    .map(line => `\n  ${line.slice(0, 500)}`)
    .join('');
}

function remedy(stderr: string, { architecture, version, glibc }: Target): string {
  const [, missing] = /No matching distribution found for (\S+)/.exec(stderr) ?? [];
  if (missing === undefined || /Retrying|connection broken/.test(stderr))
    return 'Check requirements.txt, and that this machine reaches the package index (`pip config list`).';
  return `There is no wheel of ${missing} for Python ${version} on ${architecture} (glibc 2.${glibc}): choose another version or package.`;
}
