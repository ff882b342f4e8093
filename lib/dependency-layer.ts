import { CfnDeletionPolicy, type CfnResource } from 'aws-cdk-lib';
import {
  type CfnLayerVersion,
  CfnLayerVersionPermission,
  Code,
  Architecture as LambdaArchitecture,
  LayerVersion,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Architecture } from '../layers/architecture';
import { builtLayer } from '../layers/layer';
import { readManifest } from '../layers/manifest';
import { architectureMismatches } from './layer-architecture';
import { type LayerAudience, principals } from './layer-audience';

export interface DependencyLayerProps {
  /** Name of the layer's folder. */
  readonly name: string;
  readonly architecture: Architecture;
  /**
   * The folder that holds the layers' folders.
   *
   * @default layers/ of this project
   */
  readonly root?: string;
  /**
   * Who else may attach the layer.
   *
   * @default this account only
   */
  readonly shareWith?: LayerAudience;
  /**
   * Begins the parameter's name: `/<namespace>/layers/<name>/<architecture>`. A name is unique in an account and
   * region; CloudFormation refuses a second stack that has it too.
   *
   * @default miniaturas
   */
  readonly namespace?: string;
}

/**
 * A layer made of a folder below layers/, whose ARN other stacks find in the SSM parameter
 * `/miniaturas/layers/<name>/<architecture>`. A new version is published when the layer's content changes and for no
 * other reason; the one before stays, because functions of other stacks may have it.
 *
 * Attach it with `layers: [layer]` or `addLayers(layer)`; synth fails for a function of another architecture.
 */
export class DependencyLayer extends LayerVersion {
  /** Holds the ARN of the newest version. */
  readonly parameter: StringParameter;

  constructor(scope: Construct, id: string, props: DependencyLayerProps) {
    const { name, architecture, root, shareWith, namespace = 'miniaturas' } = props;
    const { source, zip, content } = builtLayer(name, architecture, root);
    super(scope, id, {
      description: `layers/${name} for ${architecture}`,
      // The hash of the content, not of the zip: another version of fflate publishes nothing.
      code: Code.fromAsset(zip, { assetHash: content }),
      compatibleRuntimes: readManifest(source).runtimes.map(runtimeOf),
      compatibleArchitectures: [LambdaArchitecture.custom(architecture)],
    });
    const resource = this.node.defaultChild as CfnLayerVersion;
    keepWhenReplaced(resource);

    this.parameter = new StringParameter(this, 'Parameter', {
      parameterName: `/${namespace}/layers/${name}/${architecture}`,
      description: `ARN of the newest version of layer ${name} for ${architecture}`,
      stringValue: this.layerVersionArn,
    });

    for (const [i, principal] of principals(shareWith).entries()) {
      const permission = new CfnLayerVersionPermission(this, `Permission${i}`, {
        action: 'lambda:GetLayerVersion',
        layerVersionArn: this.layerVersionArn,
        ...principal,
      });
      keepWhenReplaced(permission);
    }

    this.node.addValidation({ validate: () => architectureMismatches(resource, architecture) });
  }
}

/** A replaced version stays; the newest goes with its stack. Lambda lets functions keep a version that is deleted. */
function keepWhenReplaced({ cfnOptions }: CfnResource): void {
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
}

function runtimeOf(name: string): Runtime {
  const runtime = Runtime.ALL.find(one => one.name === name);
  if (!runtime) throw new Error(`Expected a runtime of Lambda for layer.runtimes but received ${name}.`);
  return runtime;
}
