import { publishedIn } from '../connection';
import { type Deployed, deployedOnAws } from '../deployed';
import { historyIn, historyOnAws, type RecipeHistory } from '../recipes';
import { findTarget, stackNameOf, stackOutputs, type Target } from '../target';

/** One installation with what a backfill has to know of it. */
export interface Installation {
  readonly target: Target;
  readonly deployed: Deployed;
  readonly history: RecipeHistory;
  /** How long after a change of the recipe thumbnails of the one before may still be written, in ms. */
  readonly overlapMs: number;
}

/** @throws Error that says what is missing and what to do */
export function findInstallation(options: {
  readonly stack: string | undefined;
  readonly local: boolean;
  readonly data: string;
}): Promise<Installation> {
  return options.local ? localInstallation(options) : stackInstallation(options);
}

async function localInstallation(options: Parameters<typeof findInstallation>[0]): Promise<Installation> {
  const target = await findTarget(options);
  const deployed = publishedIn(options.data)?.deployed;
  if (!deployed)
    throw new Error(
      `The local cloud on ${options.data} runs no function that makes thumbnails, or an older version started it: start it again with \`npm start\`.`,
    );
  // It starts with the recipe: nothing is under way with another.
  return { target, deployed, history: historyIn(options.data), overlapMs: 0 };
}

async function stackInstallation(options: Parameters<typeof findInstallation>[0]): Promise<Installation> {
  const target = await findTarget(options);
  const stack = stackNameOf(options.stack);
  const { FunctionName, RecipeParameter } = await stackOutputs(stack);
  if (FunctionName === undefined || RecipeParameter === undefined)
    throw new Error(
      `The stack ${stack} is of an older version of this app, which kept no recipe: deploy it again with \`npx cdk deploy\`, then run this again.`,
    );
  const [deployed, history] = await Promise.all([deployedOnAws(FunctionName), historyOnAws(RecipeParameter)]);
  return { target, deployed, history, overlapMs: deployed.timeoutSeconds * 1000 };
}
