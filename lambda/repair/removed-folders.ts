import { paginateGetParameterHistory, type SSMClient } from '@aws-sdk/client-ssm';
import type { Recipe } from '../thumbnail/model/recipe';
import type { Variant } from '../thumbnail/model/variant';

/**
 * Folders of variants that there are no more, by the versions of the recipe's parameter (SSM keeps a hundred). What lies there
 * are old thumbnails: nobody wants thumbnails of those.
 */
export async function removedFolders(
  client: SSMClient,
  { parameter, variants }: { readonly parameter: string; readonly variants: readonly Variant[] },
): Promise<readonly string[]> {
  const folders = new Set<string>();
  for await (const { Parameters = [] } of paginateGetParameterHistory({ client }, { Name: parameter })) {
    for (const { Value = '' } of Parameters) {
      const recipe: Recipe = JSON.parse(Value);
      for (const { prefix } of recipe.variants) folders.add(prefix);
    }
  }
  for (const { prefix } of variants) folders.delete(prefix);
  return [...folders];
}
