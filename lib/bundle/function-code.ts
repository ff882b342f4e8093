import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from './options';

const PROJECT = join(__dirname, '../..');

/** A function's code. (CDK's `NodejsFunction` makes one file only, and knows no plugins of esbuild.) */
export function functionCode(name: FunctionName): Code {
  return Code.fromAsset(join(PROJECT, 'lambda', name), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outdir) {
          // CDK waits for no promise.
          const program = ['--import', 'tsx', join(__dirname, 'main.ts'), name, outdir];
          execFileSync(process.execPath, program, { cwd: PROJECT, stdio: ['ignore', 'inherit', 'inherit'] });
          return true;
        },
      },
    },
  });
}
