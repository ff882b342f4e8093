import { z } from 'zod';

// One phrase for each kind of value: whatever is wrong with a setting, the report says what would be right.

/** A whole number from `least` to `most`, both included. */
export function wholeNumber(least: number, most: number, unit = '') {
  const what = `a whole number${unit && ` of ${unit}`} from ${least} to ${most}`;
  return z.custom<number>(
    value => Number.isInteger(value) && +(value as number) >= least && +(value as number) <= most,
    what,
  );
}

/** An amount of dollars, above 0. */
export function dollars() {
  return z.custom<number>(
    value => Number.isFinite(value) && (value as number) > 0,
    'an amount of dollars above 0',
  );
}

/** An object of settings, or false for none of it; what is wrong in the object is told by its own sentences. */
export function orFalse<T extends z.ZodType>(settings: T) {
  return z.unknown().transform((value, context): z.output<T> | false => {
    if (value === false) return false;
    const { success, data, error } = settings.safeParse(value);
    if (success) return data;
    for (const issue of error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

/** A text of a given form; `what` describes the form, with an example. */
export function text(form: RegExp, what: string) {
  return textThat([{ what, holds: value => form.test(value) }]);
}

/** What must hold for a text, and the words for a text that breaks it. */
export interface Demand {
  readonly what: string;
  readonly holds: (value: string) => boolean;
}

/** A text that meets several demands; of those that it breaks the first is told. */
export function textThat(demands: readonly Demand[]) {
  const broken = (value: unknown) =>
    typeof value === 'string' ? demands.find(({ holds }) => !holds(value)) : demands[0];
  return z.custom<string>(value => broken(value) === undefined, {
    error: ({ input }) => broken(input)?.what,
  });
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]) {
  return z.custom<T>(value => words.includes(value as T), `one of ${words.join(', ')}`);
}

/** Yes or no. */
export function flag() {
  return z.boolean('true or false');
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, what: string) {
  return z.array(entry, what).min(1, what);
}
