import { join } from 'node:path';

const NOT_CALLED = join(__dirname, '../lambda/thumbnail/not-called.ts');

/** How esbuild makes the thumbnail function's one file, in its own words. */
export const BUNDLING = {
  target: 'node24',
  /** In layers. */
  external: ['sharp', '@imagemagick/magick-wasm'],
  /** ES modules, of which it leaves out what is not used. */
  mainFields: ['module', 'main'],
  minify: true,
  alias: {
    '@aws-sdk/credential-provider-node': NOT_CALLED,
    '@smithy/core/event-streams': NOT_CALLED,
    // Reads browsers' names.
    bowser: NOT_CALLED,
  },
} as const;
