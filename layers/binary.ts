import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Architecture } from './architecture';

/** ELF's e_machine for each CPU. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES = { arm64: 0xb7, x86_64: 0x3e } as const satisfies Record<Architecture, number>;

/** ELF's EI_OSABI of Linux: System V and GNU. Others are FreeBSD's and the like. */
const LINUX_OSABIS = [0, 3];

/**
 * The C library of another system, by the name that its binaries ask for: `libc.musl-x86_64.so.1` (Alpine's musl),
 * `libc.so` (musl as Rust links it, Android), `libc.so.7` (FreeBSD). glibc is `libc.so.6`.
 */
const FOREIGN_LIBC = /(?<=\0)libc\.(musl-[\w.-]+|so(\.\d+)?)(?=\0)/;

/** The magic numbers of Mach-O: 32 and 64 bit in both byte orders, and universal binaries. */
const MACH_O = ['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'bebafeca'];

/**
 * Why Lambda could not load a file as native code; `undefined` if it could, or if the file is no native code.
 *
 * @param file a path; a file named `.node` or `.so` has to be native code
 * @param glibc the minor version of glibc 2 that is there
 */
export function binaryProblem(
  file: string,
  { architecture, glibc }: { readonly architecture: Architecture; readonly glibc: number },
): string | undefined {
  const bytes = readHead(file);
  if (bytes.toString('latin1', 0, 4) === '\x7fELF')
    return elfProblem(readFileSync(file), architecture, glibc);
  if (MACH_O.includes(bytes.toString('hex', 0, 4))) return 'is a binary for macOS';
  // A text may begin with "MZ" too, but has no zero bytes.
  if (bytes.toString('latin1', 0, 2) === 'MZ' && bytes.subarray(0, 64).includes(0))
    return 'is a binary for Windows';
  if (/\.(node|so(\.\d+)*)$/.test(file)) return 'is no binary that Linux can load';
  return undefined;
}

/** Only native code is read whole: a model may be as large as a layer can be. */
function readHead(file: string): Buffer {
  const head = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}

function elfProblem(bytes: Buffer, architecture: Architecture, glibc: number): string | undefined {
  const machine = bytes.length >= 20 ? bytes.readUInt16LE(18) : 0;
  if (machine !== ELF_MACHINES[architecture]) {
    const cpu = Object.entries(ELF_MACHINES).find(([, value]) => value === machine)?.[0];
    return `is built for ${cpu ?? `another CPU (ELF machine 0x${machine.toString(16)})`}`;
  }
  const osAbi = bytes[7] ?? 0;
  if (!LINUX_OSABIS.includes(osAbi)) return `is built for another system (ELF OSABI ${osAbi})`;
  // The libraries and symbol versions that a binary needs stand in it as plain text.
  const text = bytes.toString('latin1');
  const libc = FOREIGN_LIBC.exec(text)?.[0];
  if (libc !== undefined && !text.includes('\0libc.so.6\0'))
    return `needs ${libc}, and Lambda has glibc (libc.so.6)`;
  const minor = Math.max(0, ...[...text.matchAll(/\bGLIBC_2\.(\d+)\b/g)].map(match => Number(match[1])));
  if (minor > glibc) return `needs glibc 2.${minor}, and Lambda has 2.${glibc}`;
  return undefined;
}
