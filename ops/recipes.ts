import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ParameterNotFound, paginateGetParameterHistory, SSMClient } from '@aws-sdk/client-ssm';
import type { Recipe } from '../lambda/thumbnail/model/recipe';
import type { Variant } from '../lambda/thumbnail/model/variant';

/** A recipe, and since when it counts. */
export interface RecipeVersion {
  readonly recipe: Recipe;
  /** In ms since 1970: thumbnails that are older may be of an earlier recipe. */
  readonly changed: number;
}

/** Every known recipe of one installation, the oldest first; the last one counts. */
export type RecipeHistory = readonly RecipeVersion[];

/**
 * When the recipe of a variant's thumbnails changed last, in ms since 1970; undefined if it did not as far as is known: the first
 * known recipe is no change. Which sources it is for (`from`, `except`) is no part of it: that changes no thumbnail.
 */
export function lastChange(variant: Variant, history: RecipeHistory): number | undefined {
  let known: string | undefined;
  let changed: number | undefined;
  for (const version of history) {
    const before = known;
    known = recipeText(variant, version.recipe) ?? before;
    if (before !== undefined && known !== before) changed = version.changed;
  }
  return changed;
}

/** Where thumbnails of variants lie that there are no more. */
export function removedPlaces(history: RecipeHistory): readonly Place[] {
  const current = new Set(history.at(-1)?.recipe.variants.map(placeText));
  const removed = new Map<string, Place>();
  for (const { prefix, suffix } of history.flatMap(({ recipe }) => recipe.variants)) {
    const text = placeText({ prefix, suffix });
    if (!current.has(text)) removed.set(text, { prefix, suffix });
  }
  return [...removed.values()];
}

/** What identifies a variant: thumbnails of one place are of one variant. */
export type Place = Pick<Variant, 'prefix' | 'suffix'>;

function placeText({ prefix, suffix }: Place): string {
  return JSON.stringify([prefix, suffix]);
}

/** All that the thumbnails in a variant's place depend on, as a text to compare; undefined if a recipe has no such variant. */
function recipeText(place: Place, { variants, gamut, keepCopyright }: Recipe): string | undefined {
  const variant = variants.find(one => placeText(one) === placeText(place));
  if (!variant) return undefined;
  const { from, except, ...look } = variant;
  const entries = Object.entries({ ...look, gamut, keepCopyright });
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The versions that SSM keeps of a stack's parameter: a hundred, the newest.
 *
 * @throws Error that says what to do if there is no such parameter
 */
export async function historyOnAws(parameter: string): Promise<RecipeHistory> {
  const client = new SSMClient({});
  try {
    const history: RecipeVersion[] = [];
    for await (const { Parameters = [] } of paginateGetParameterHistory({ client }, { Name: parameter }))
      for (const { Value = '', LastModifiedDate } of Parameters)
        history.push({ recipe: JSON.parse(Value), changed: LastModifiedDate?.getTime() ?? 0 });
    return history.sort((a, b) => a.changed - b.changed);
  } catch (cause) {
    if (!(cause instanceof ParameterNotFound)) throw cause;
    throw new Error(`The parameter ${parameter} of the stack is gone: deploy the stack again.`, { cause });
  } finally {
    client.destroy();
  }
}

const fileIn = (data: string) => join(data, 'recipes.json');

/** The recipes that the local cloud of a data folder had. */
export function historyIn(data: string): RecipeHistory {
  const file = fileIn(data);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Keeps a recipe in the data folder, if it differs from the one before. */
export function noteRecipe(version: RecipeVersion, data: string): void {
  const history = historyIn(data);
  if (JSON.stringify(history.at(-1)?.recipe) === JSON.stringify(version.recipe)) return;
  mkdirSync(data, { recursive: true });
  const file = fileIn(data);
  // Renamed, so that a kill leaves the old file or the new one.
  writeFileSync(`${file}.new`, JSON.stringify([...history, version]));
  renameSync(`${file}.new`, file);
}
