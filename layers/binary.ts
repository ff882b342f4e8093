import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Architecture } from './architecture';

/** ELF's e_machine for each CPU. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES = { arm64: 0xb7, x86_64: 0x3e } as const satisfies Record<Architecture, number>;

/** Amazon Linux 2023, on which Lambda's Node.js runtimes stand, has glibc 2.34. https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html */
const LAMBDA_GLIBC_MINOR = 34;

/** Mach-O: 32 and 64 bit in both byte orders, and the universal ones. */
const MACH_O = ['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'bebafeca'];

/**
 * Why Lambda could not load a file as native code; undefined for one that it can, and for one that is no native code.
 *
 * @param file path of the file; its name matters too: a `.node` or `.so` has to be native code
 */
export function binaryProblem(file: string, architecture: Architecture): string | undefined {
  const bytes = readHead(file);
  if (bytes.toString('latin1', 0, 4) === '\x7fELF') return elfProblem(readFileSync(file), architecture);
  if (MACH_O.includes(bytes.toString('hex', 0, 4))) return 'is a binary for macOS';
  // Text may begin with "MZ" too, but has no zero bytes.
  if (bytes.toString('latin1', 0, 2) === 'MZ' && bytes.subarray(0, 64).includes(0))
    return 'is a binary for Windows';
  if (/\.(node|so(\.\d+)*)$/.test(file)) return 'is no binary that Linux can load';
  return undefined;
}

/** A model may be as large as a layer can be: the rest of it is read only if it is code. */
function readHead(file: string): Buffer {
  const head = Buffer.alloc(64);
  const descriptor = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}

function elfProblem(bytes: Buffer, architecture: Architecture): string | undefined {
  const machine = bytes.length >= 20 ? bytes.readUInt16LE(18) : 0;
  if (machine !== ELF_MACHINES[architecture]) {
    const cpu = Object.entries(ELF_MACHINES).find(([, value]) => value === machine)?.[0];
    return `is built for ${cpu ?? `another CPU (ELF machine 0x${machine.toString(16)})`}`;
  }
  // What a binary links to is in it as plain text: the names of its libraries, and of the symbol versions it needs.
  const text = bytes.toString('latin1');
  if (/ld-musl-|libc\.musl-/.test(text)) return 'is built for musl, and Lambda has glibc';
  const minor = Math.max(0, ...[...text.matchAll(/\bGLIBC_2\.(\d+)\b/g)].map(match => Number(match[1])));
  if (minor > LAMBDA_GLIBC_MINOR) return `needs glibc 2.${minor}, and Lambda has 2.${LAMBDA_GLIBC_MINOR}`;
  return undefined;
}
