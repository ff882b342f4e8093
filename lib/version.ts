import { execFileSync } from 'node:child_process';
import { version } from '../package.json';

/** What is deployed: the version of the package, and the commit where git knows one, such as `0.1.0 (ca0ecad-dirty)`. */
export function versionOf(folder: string): string {
  try {
    const git = ['describe', '--always', '--dirty', '--exclude=*'];
    const commit = execFileSync('git', git, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${version} (${commit.trim()})`;
  } catch {
    // No git, or no clone.
    return version;
  }
}
