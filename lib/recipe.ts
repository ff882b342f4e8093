import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct, type IDependable } from 'constructs';
import type { Recipe } from '../lambda/thumbnail/model/recipe';

export interface RecipeParameterProps {
  readonly recipe: Recipe;
  /** What makes thumbnails by it. */
  readonly maker: IDependable;
}

/**
 * What thumbnails are made by, as a parameter. CloudFormation writes it only if it differs, and SSM keeps its versions with their
 * dates: that is how a backfill knows which thumbnails are of an older recipe, and where those of removed variants lie.
 */
export class RecipeParameter extends Construct {
  readonly parameter: StringParameter;

  constructor(scope: Construct, id: string, { recipe, maker }: RecipeParameterProps) {
    super(scope, id);
    this.parameter = new StringParameter(this, 'Parameter', {
      description: 'What thumbnails are made by; npm run backfill reads its history',
      stringValue: JSON.stringify(recipe),
    });
    // A thumbnail that is older than the parameter may be of the recipe before; none that is younger is.
    this.parameter.node.addDependency(maker);
  }
}
