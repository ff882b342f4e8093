import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Architecture } from '../../layers/architecture';
import { readManifest } from '../../layers/manifest';
import { verify } from '../../layers/verify';

const MACHINES = { arm64: 0xb7, x86_64: 0x3e, riscv64: 0xf3 } as const;

/** The head of a shared library, and the text that a linker leaves in one. */
function elf(
  machine: keyof typeof MACHINES,
  text = 'libc.so.6\0GLIBC_2.28\0',
  { osAbi = 0 }: { readonly osAbi?: number } = {},
): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt8(osAbi, 7);
  head.writeUInt16LE(MACHINES[machine], 18);
  return Buffer.concat([head, Buffer.from(text)]);
}

const PACKAGES = 'nodejs/node_modules';
const BINARY = `${PACKAGES}/@img/sharp-linux-arm64/lib/sharp.node`;

describe('verify', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'layer-'));
    put(`${PACKAGES}/sharp/package.json`, {
      name: 'sharp',
      optionalDependencies: {
        '@img/sharp-linux-arm64': '1',
        '@img/sharp-linux-x64': '1',
        '@img/sharp-linuxmusl-arm64': '1',
        fsevents: '1',
      },
    });
    put(`${PACKAGES}/sharp/index.js`, 'MZ is how a text may begin');
    put(`${PACKAGES}/@img/sharp-linux-arm64/package.json`, {});
    put(BINARY, elf('arm64'));
    symlinkSync('sharp.node', join(directory, dirname(BINARY), 'latest.node'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function put(path: string, content: string | Buffer | object): void {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(file, isRaw ? content : JSON.stringify(content));
  }

  function check(architecture: Architecture = 'arm64', maxMiB = 1): string[] {
    return verify(directory, architecture, { ...readManifest(directory), packages: ['sharp'], maxMiB });
  }

  it('finds nothing in a sound layer', () => {
    expect(check()).toEqual([]);
  });

  it('accepts a binary for glibc that also names another C library', () => {
    put(BINARY, elf('arm64', 'libc.so\0libc.so.6\0'));
    expect(check()).toEqual([]);
  });

  it('accepts a program that needs no library', () => {
    put(`${PACKAGES}/sharp/bin/tool`, elf('arm64', ''));
    expect(check()).toEqual([]);
  });

  it('finds all that is wrong for the other CPU', () => {
    expect(check('x86_64')).toEqual([
      `${BINARY} is built for arm64; the layer is for x86_64.`,
      'Package @img/sharp-linux-x64 is missing: sharp does not run on x86_64 without it.',
    ]);
  });

  it('never allows more than Lambda does', () => {
    put('model.bin', '');
    truncateSync(join(directory, 'model.bin'), 251 * 1024 * 1024);
    put('package.json', { layer: { maxMiB: 300 } });
    expect(verify(directory, 'arm64', readManifest(directory))).toEqual([
      'The layer has 251.0 MiB unzipped, more than its 250 MiB (layer.maxMiB).',
    ]);
  });

  describe.each<{ fault: string; add: () => void; problem: string }>([
    {
      fault: 'a binary for another CPU',
      add: () => put(BINARY, elf('x86_64')),
      problem: `${BINARY} is built for x86_64; the layer is for arm64.`,
    },
    {
      fault: 'a binary for a CPU that Lambda does not have',
      add: () => put(BINARY, elf('riscv64')),
      problem: `${BINARY} is built for another CPU (ELF machine 0xf3); the layer is for arm64.`,
    },
    {
      fault: 'a library with a version behind its name, for another CPU',
      add: () => put(`${PACKAGES}/sharp/libvips.so.8.18.7`, elf('x86_64')),
      problem: `${PACKAGES}/sharp/libvips.so.8.18.7 is built for x86_64; the layer is for arm64.`,
    },
    {
      fault: 'a program for another CPU, of any name',
      add: () => put(`${PACKAGES}/sharp/bin/tool`, elf('x86_64')),
      problem: `${PACKAGES}/sharp/bin/tool is built for x86_64; the layer is for arm64.`,
    },
    {
      fault: "a binary for Alpine's musl",
      add: () => put(BINARY, elf('arm64', 'libc.musl-aarch64.so.1\0')),
      problem: `${BINARY} needs libc.musl-aarch64.so.1, and Lambda has glibc (libc.so.6); the layer is for arm64.`,
    },
    {
      fault: 'a binary of Rust for musl, or one for Android',
      add: () => put(BINARY, elf('arm64', 'libc.so\0')),
      problem: `${BINARY} needs libc.so, and Lambda has glibc (libc.so.6); the layer is for arm64.`,
    },
    {
      fault: 'a library for FreeBSD',
      add: () => put(BINARY, elf('arm64', 'libthr.so.3\0libc.so.7\0')),
      problem: `${BINARY} needs libc.so.7, and Lambda has glibc (libc.so.6); the layer is for arm64.`,
    },
    {
      fault: 'a program for FreeBSD',
      add: () => put(BINARY, elf('arm64', '', { osAbi: 9 })),
      problem: `${BINARY} is built for another system (ELF OSABI 9); the layer is for arm64.`,
    },
    {
      fault: 'a binary for a newer glibc',
      add: () => put(BINARY, elf('arm64', 'GLIBC_2.4\0GLIBC_2.38\0GLIBC_2.17\0')),
      problem: `${BINARY} needs glibc 2.38, and Lambda has 2.34; the layer is for arm64.`,
    },
    {
      fault: 'a binary for macOS',
      add: () => put(BINARY, Buffer.from('cffaedfe0c000001', 'hex')),
      problem: `${BINARY} is a binary for macOS; the layer is for arm64.`,
    },
    {
      fault: 'a binary for Windows',
      add: () => put(`${PACKAGES}/sharp/vips.dll`, Buffer.from('MZ\x90\0\x03\0', 'latin1')),
      problem: `${PACKAGES}/sharp/vips.dll is a binary for Windows; the layer is for arm64.`,
    },
    {
      fault: 'a binary that was cut off',
      add: () => put(BINARY, ''),
      problem: `${BINARY} is no binary that Linux can load; the layer is for arm64.`,
    },
    {
      fault: 'no binaries, because the lockfile has none for Lambda',
      add: () => rmSync(join(directory, PACKAGES, '@img'), { recursive: true }),
      problem: 'Package @img/sharp-linux-arm64 is missing: sharp does not run on arm64 without it.',
    },
    {
      fault: 'not what package.json names',
      add: () => rmSync(join(directory, PACKAGES, 'sharp'), { recursive: true }),
      problem: 'Package sharp is named in package.json but is not in the layer.',
    },
    {
      fault: 'a link out of the layer',
      add: () => symlinkSync('../../../../sharp', join(directory, PACKAGES, 'sharp', 'self')),
      problem: `${PACKAGES}/sharp/self is a link that leads out of the layer, to ../../../../sharp.`,
    },
    {
      fault: 'a link to an absolute path',
      add: () => symlinkSync('/etc/passwd', join(directory, PACKAGES, 'passwd')),
      problem: `${PACKAGES}/passwd is a link that leads out of the layer, to /etc/passwd.`,
    },
    {
      fault: 'an AWS client',
      add: () => put(`${PACKAGES}/sharp/node_modules/@aws-sdk/client-s3/package.json`, {}),
      problem: `Package ${PACKAGES}/sharp/node_modules/@aws-sdk/client-s3 would hide the AWS SDK of the Lambda runtime.`,
    },
    {
      fault: "an AWS client's core",
      add: () => put(`${PACKAGES}/@smithy/core/package.json`, {}),
      problem: `Package ${PACKAGES}/@smithy/core would hide the AWS SDK of the Lambda runtime.`,
    },
    {
      fault: 'more than its budget',
      add: () => put(`${PACKAGES}/sharp/large`, Buffer.alloc(1.5 * 1024 * 1024)),
      problem: 'The layer has 1.5 MiB unzipped, more than its 1 MiB (layer.maxMiB).',
    },
    {
      fault: 'more than Lambda takes',
      // A hole, not 251 MiB on this disk.
      add: () => {
        put('model.bin', '');
        truncateSync(join(directory, 'model.bin'), 251 * 1024 * 1024);
      },
      problem: 'The layer has 251.0 MiB unzipped, more than its 1 MiB (layer.maxMiB).',
    },
  ])('in a layer with $fault', ({ add, problem }) => {
    it('finds that and nothing else', () => {
      add();
      expect(check()).toEqual([problem]);
    });
  });
});
