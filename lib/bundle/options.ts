import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { constantKeys } from './constant-keys';

const NOT_CALLED = join(__dirname, '../../lambda/thumbnail/not-called.ts');

/** How esbuild makes the thumbnail function's files. */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  // CommonJS finds the layer's packages through NODE_PATH wherever it runs; ES modules do so on Lambda only.
  format: 'cjs',
  /** In layers. */
  external: ['sharp', '@imagemagick/magick-wasm'],
  /** ES modules, of which it leaves out what is not used. */
  mainFields: ['module', 'main'],
  minify: true,
  alias: {
    '@aws-sdk/checksums/flexible-checksums': NOT_CALLED,
    '@aws-sdk/checksums/sha': NOT_CALLED,
    '@aws-sdk/credential-provider-node': NOT_CALLED,
    '@smithy/core/event-streams': NOT_CALLED,
    // Reads browsers' names.
    bowser: NOT_CALLED,
  },
  plugins: [constantKeys],
  logLevel: 'error',
} satisfies BuildOptions;

/** Threads of the renderer by name. Whatever bundles it needs their files beside its own. */
export const THREADS = {
  'heic-thread': join(__dirname, '../../lambda/thumbnail/render/decode/heic-thread.ts'),
  'magick-thread': join(__dirname, '../../lambda/thumbnail/render/decode/magick-thread.ts'),
} as const;

/** The thumbnail function's files by name: the handler, which supervises, the worker that it starts, and the worker's threads. */
export const ENTRY_POINTS = {
  index: join(__dirname, '../../lambda/thumbnail/handler.ts'),
  worker: join(__dirname, '../../lambda/thumbnail/worker.ts'),
  ...THREADS,
} as const;

/** How the files of each function are made. */
export const FUNCTIONS = {
  thumbnail: { ...BUNDLING, entryPoints: ENTRY_POINTS },
  // Nobody waits for its start: all of the SDK may be in it.
  repair: {
    ...BUNDLING,
    alias: {},
    entryPoints: { index: join(__dirname, '../../lambda/repair/handler.ts') },
  },
} as const satisfies Readonly<Record<string, BuildOptions>>;

export type FunctionName = keyof typeof FUNCTIONS;
