import { build } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './options';

/** Bundles the function of a name into a folder: a program, because esbuild's plugins are asynchronous. */
const [, , name, outdir] = process.argv;

if (name === undefined || outdir === undefined)
  throw new Error('Expected the name of a function and a folder.');
// esbuild has said what is wrong.
build({ ...FUNCTIONS[name as FunctionName], outdir }).catch(() => {
  process.exitCode = 1;
});
