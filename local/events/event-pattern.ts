/** The `EventPattern` of a rule of EventBridge. */
export interface EventPattern {
  /** Whether an event passes; none does where the pattern has something that is not covered. */
  matches(event: unknown): boolean;
  /** What of the pattern is not covered, each with its place in it. */
  readonly uncovered: readonly string[];
}

/** A pattern or a part of it: whether the same part of an event passes. */
type Part = (value: unknown) => boolean;

/** A matcher: whether a field passes by its values. An absent field and an object have none, an array has several. */
type Test = (values: readonly unknown[]) => boolean;

/** A matcher that looks at one value at a time. */
type Matches = (value: unknown) => boolean;

/**
 * Reads an event pattern: fields by exact values (strings, numbers, true, false, null), `prefix`, `suffix`,
 * `equals-ignore-case`, `exists`, and `anything-but` values, prefixes or suffixes. All fields must pass; of the matchers
 * of one field any; of the elements of an array in the event any.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * Everything else (`numeric`, `cidr`, `wildcard`, `$or`, …) is not covered.
 */
export function readEventPattern(pattern: unknown): EventPattern {
  const uncovered: string[] = [];
  const part = partOf('EventPattern', pattern, what => uncovered.push(what));
  return { uncovered, matches: event => uncovered.length === 0 && part(event) };
}

function partOf(path: string, pattern: unknown, leave: (what: string) => void): Part {
  if (Array.isArray(pattern) && pattern.length > 0) {
    const tests = pattern.map(
      matcher => testOf(matcher) ?? void leave(`${path} has ${JSON.stringify(matcher)}`),
    );
    return value => {
      const values = leavesOf(value);
      return tests.some(test => test?.(values));
    };
  }
  const fields = isObject(pattern) ? Object.entries(pattern) : [];
  if (fields.length === 0) leave(path);
  const parts = fields.map(([name, field]) => {
    const isOperator = name.startsWith('$');
    if (isOperator) leave(`${path} has ${name}`);
    return [name, isOperator ? () => false : partOf(`${path}.${name}`, field, leave)] as const;
  });
  const passes = (value: unknown) => parts.every(([name, part]) => part(fieldOf(value, name)));
  return value => (Array.isArray(value) ? value.some(passes) : passes(value));
}

/** The test of one matcher; undefined where it is not covered. */
function testOf(matcher: unknown): Test | undefined {
  if (!isObject(matcher)) return Array.isArray(matcher) ? undefined : ofAny(value => value === matcher);
  const [operator, argument] = onlyEntry(matcher);
  if (operator === 'exists' && typeof argument === 'boolean') {
    return values => values.length > 0 === argument;
  }
  const matches = operator === 'anything-but' ? anythingBut(argument) : matchesText(operator, argument);
  return matches && ofAny(matches);
}

/** An absent field is nothing else either. */
function anythingBut(argument: unknown): Matches | undefined {
  if (!isObject(argument)) {
    const values = [argument].flat();
    return allOf(values, ['string', 'number']) ? value => !values.includes(value) : undefined;
  }
  const [operator, excluded] = onlyEntry(argument);
  if (operator !== 'prefix' && operator !== 'suffix') return undefined;
  const texts = [excluded].flat();
  const matchers = texts.flatMap(text => matchesText(operator, text) ?? []);
  if (matchers.length === 0 || matchers.length < texts.length) return undefined;
  return value => !matchers.some(matches => matches(value));
}

function matchesText(operator: string, argument: unknown): Matches | undefined {
  if (typeof argument !== 'string') return undefined;
  switch (operator) {
    case 'prefix':
      return value => typeof value === 'string' && value.startsWith(argument);
    case 'suffix':
      return value => typeof value === 'string' && value.endsWith(argument);
    case 'equals-ignore-case':
      return value => typeof value === 'string' && value.toLowerCase() === argument.toLowerCase();
    default:
      return undefined;
  }
}

function ofAny(matches: Matches): Test {
  return values => values.some(matches);
}

function leavesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The operator of a matcher and what it is given; an operator that there is none where it has not just one. */
function onlyEntry(matcher: Readonly<Record<string, unknown>>): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(matcher);
  return entry && others.length === 0 ? entry : ['', undefined];
}

function allOf(values: readonly unknown[], types: readonly string[]): boolean {
  return values.length > 0 && types.some(type => values.every(value => typeof value === type));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
