import { build } from 'esbuild';
import { BUNDLING, ENTRY_POINTS } from './options';

/** Bundles the thumbnail function into the folder that it is given: a program, because esbuild's plugins are asynchronous. */
const [, , outdir] = process.argv;

if (outdir === undefined) throw new Error('Expected a folder but received none.');
// esbuild has said what is wrong.
build({ ...BUNDLING, entryPoints: ENTRY_POINTS, outdir }).catch(() => {
  process.exitCode = 1;
});
