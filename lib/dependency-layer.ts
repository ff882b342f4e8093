import { RemovalPolicy } from 'aws-cdk-lib';
import { Code, Architecture as LambdaArchitecture, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Architecture } from '../layers/architecture';
import { layerDirectory } from '../layers/paths';

export interface DependencyLayerProps {
  /** Name of the layer's folder below layers/. */
  readonly name: string;
  readonly architecture: Architecture;
}

/** A layer made of the node_modules that layers/build.ts bundled for one architecture. */
export class DependencyLayer extends LayerVersion {
  constructor(scope: Construct, id: string, { name, architecture }: DependencyLayerProps) {
    super(scope, id, {
      description: `Node packages of layers/${name}/package.json for ${architecture}`,
      code: Code.fromAsset(layerDirectory(name, architecture)),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      compatibleArchitectures: [LambdaArchitecture.custom(architecture)],
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
