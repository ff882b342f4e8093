import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';

const NOT_CALLED = join(__dirname, '../lambda/thumbnail/not-called.ts');

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
    '@aws-sdk/credential-provider-node': NOT_CALLED,
    '@smithy/core/event-streams': NOT_CALLED,
    // Reads browsers' names.
    bowser: NOT_CALLED,
  },
  logLevel: 'error',
} satisfies BuildOptions;

/** The thumbnail function's files by name: the handler, which supervises, and the worker that it starts. */
export const ENTRY_POINTS = {
  index: join(__dirname, '../lambda/thumbnail/handler.ts'),
  worker: join(__dirname, '../lambda/thumbnail/worker.ts'),
} as const;

/** The thumbnail function's code. (CDK's `NodejsFunction` makes one file only.) */
export function thumbnailCode(): Code {
  return Code.fromAsset(join(__dirname, '../lambda/thumbnail'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outdir) {
          buildSync({ ...BUNDLING, entryPoints: ENTRY_POINTS, outdir });
          return true;
        },
      },
    },
  });
}
