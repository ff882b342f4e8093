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

/** A text of a given form; `what` describes the form, with an example. */
export function text(form: RegExp, what: string) {
  return z.custom<string>(value => typeof value === 'string' && form.test(value), what);
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
