import { z } from 'zod';

// One phrase for each kind of value: whatever is wrong with a setting, the report says what would be right. docs/configuration.md
// has the same phrase, and cdk.schema.json as much of it as a JSON Schema can say.

/** What the reference of the settings says of one beside its value. */
export interface Told {
  readonly description: string;
  /** What holds where it is not given and no single value says it. */
  readonly otherwise?: string;
  /** What it costs or risks. */
  readonly costs?: string;
}

/** What a value is, as the reference and a JSON Schema have it. */
function takes(what: string, jsonSchema: z.core.JSONSchema.BaseSchema) {
  return { takes: what, ...jsonSchema };
}

/** A whole number from `least` to `most`, both included. */
export function wholeNumber(least: number, most: number, unit = '') {
  const what = `a whole number${unit && ` of ${unit}`} from ${least} to ${most}`;
  return z
    .custom<number>(
      value => Number.isInteger(value) && +(value as number) >= least && +(value as number) <= most,
      what,
    )
    .meta(takes(what, { type: 'integer', minimum: least, maximum: most }));
}

/** An amount of dollars, above 0. */
export function dollars() {
  const what = 'an amount of dollars above 0';
  return z
    .custom<number>(value => Number.isFinite(value) && (value as number) > 0, what)
    .meta(takes(what, { type: 'number', exclusiveMinimum: 0 }));
}

/** An object of settings, or false for none of it; what is wrong in the object is told by its own sentences. */
export function orFalse<T extends z.ZodType>(settings: T, what: string) {
  const jsonSchema = z.toJSONSchema(settings, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  const { $schema: _, ...object } = jsonSchema as z.core.JSONSchema.BaseSchema;
  return z
    .unknown()
    .transform((value, context): z.output<T> | false => {
      if (value === false) return false;
      const { success, data, error } = settings.safeParse(value);
      if (success) return data;
      for (const issue of error.issues)
        context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
      return z.NEVER;
    })
    .meta(takes(what, { anyOf: [object, { const: false }] }));
}

/** A text of a given form; `what` describes the form, with an example. */
export function text(form: RegExp, what: string) {
  return textThat([ofForm(form, what)]);
}

/** What must hold for a text, and the words for a text that breaks it. */
export interface Demand {
  readonly what: string;
  readonly holds: (value: string) => boolean;
  /** As much of it as a JSON Schema can say. */
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** That a text has a form. */
export function ofForm(form: RegExp, what: string): Demand {
  return { what, holds: value => form.test(value), jsonSchema: { pattern: form.source } };
}

/** A text that meets several demands; of those that it breaks the first is told. */
export function textThat(demands: readonly [Demand, ...Demand[]]) {
  const broken = (value: unknown) =>
    typeof value === 'string' ? demands.find(({ holds }) => !holds(value)) : demands[0];
  const allOf = demands.map(({ jsonSchema }) => jsonSchema);
  return z
    .custom<string>(value => broken(value) === undefined, { error: ({ input }) => broken(input)?.what })
    .meta(takes(demands[0].what, { type: 'string', ...(allOf.length > 1 ? { allOf } : allOf[0]) }));
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]) {
  const what = `one of ${words.join(', ')}`;
  return z.custom<T>(value => words.includes(value as T), what).meta(takes(what, { enum: [...words] }));
}

/** Yes or no. */
export function flag() {
  return z.boolean('true or false').meta({ takes: 'true or false' });
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, what: string, most?: number) {
  const list = z.array(entry, what).min(1, what);
  return (most === undefined ? list : list.max(most, what)).meta({ takes: what });
}
