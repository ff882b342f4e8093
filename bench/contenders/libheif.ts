/** Decodes a HEIC's picture with libheif in WebAssembly, to RGB and no further: the least that any thumbnail of it takes. */
import { readFileSync } from 'node:fs';
import { type HeicJob, runHeicJob } from '../../lambda/thumbnail/render/decode/heic-job';
import type { StartLibheif } from '../../lambda/thumbnail/render/decode/libheif';
import type { createMeanReducer } from '../../lambda/thumbnail/render/decode/mean-reducer';
import { readHeif } from '../../lambda/thumbnail/render/read/heif';
import { gridOrientation } from '../../lambda/thumbnail/render/read/heif-shape';
import { answerLines } from '../child';
import { cpuMs } from '../measure';
import type { RenderAnswer, RenderQuestion } from './question';

declare const WebAssembly: { Module: new (bytes: Uint8Array) => object };

const script = require.resolve('libheif-js/libheif-wasm/libheif.js');
const module = new WebAssembly.Module(readFileSync(script.replace(/js$/, 'wasm')));
const startLibheif = require(script) as StartLibheif;
/** Takes the pieces, and drops them. */
const createReducer = (() => ({
  add: () => undefined,
  finish: () => new Uint8Array(),
})) as typeof createMeanReducer;

answerLines<RenderQuestion>(async ({ file }): Promise<RenderAnswer> => {
  const source = readFileSync(file);
  const heif = readHeif(source);
  const tileOrientation = heif && gridOrientation(heif);
  const bounds = { maxPixels: 1e9, maxBytes: 2 ** 31 };
  const job: HeicJob = { script, module, source, tileOrientation, reduction: 2, ...bounds };
  const ms = await cpuMs(async () => {
    const { kind } = runHeicJob({ startLibheif, createReducer }, job);
    if (kind !== 'decoded') throw new Error(`Expected a picture in ${file} but received ${kind}`);
  });
  return { cpuMs: ms, bytes: 0 };
});
