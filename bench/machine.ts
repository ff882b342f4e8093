import { cpus, totalmem } from 'node:os';
import sharp from 'sharp';

/** Where figures were measured: what they mean little without. */
export function machine(): Readonly<Record<string, string | number>> {
  const all = cpus();
  return {
    system: `${process.platform} ${process.arch}`,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cpus: all.length,
    GiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    sharp: sharp.versions.sharp ?? '',
    vips: sharp.versions.vips,
  };
}
