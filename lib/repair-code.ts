import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

/** The repair function's code: one file, of which a start may take its time. */
export function repairCode(): Code {
  return Code.fromAsset(join(__dirname, '../lambda/repair'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outdir) {
          buildSync({
            entryPoints: { index: join(__dirname, '../lambda/repair/handler.ts') },
            outdir,
            bundle: true,
            platform: 'node',
            target: 'node24',
            format: 'cjs',
            mainFields: ['module', 'main'],
            minify: true,
            logLevel: 'error',
          });
          return true;
        },
      },
    },
  });
}
