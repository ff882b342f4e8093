import type { Node } from 'constructs';
import type { z } from 'zod';
import { type Config, complete } from './config';
import { nearest } from './did-you-mean';
import { withoutEffect } from './no-effect';
import { problemsOf } from './rules';
import { configSchema, SETTING_NAMES } from './schema';

const CONTEXT_KEY = 'miniaturas';

/** What is wrong with the configuration: a sentence for each problem, none left out. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Reads the app's settings from its context: the object under `miniaturas` (cdk.json), in which a context value of a
 * setting's own name (`-c architecture=x86_64`, `-c 'extensions=["jpg"]'`) takes the place of that setting.
 *
 * @throws ConfigError with every problem at once, each as `Expected <what> for <path> but received <value>.`
 */
export function loadConfig(node: Node): Config {
  const given = node.tryGetContext(CONTEXT_KEY) ?? {};
  const input = isRecord(given) ? { ...given, ...overrides(node) } : given;
  const { success, data, error } = configSchema.safeParse(input);
  if (!success) throw new ConfigError(error.issues.flatMap(issue => sentences(issue, input)));
  const config = { ...complete(data), notes: [...withoutEffect(data), ...unknownNames(node)] };
  const problems = problemsOf(config).map(({ message, path }) =>
    sentence(message, path, valueAt(config, path)),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function overrides(node: Node): Record<string, unknown> {
  const given = Object.keys(configSchema.shape).map(name => [name, node.tryGetContext(name)] as const);
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, parse(value)]),
  );
}

/**
 * Names of the context that are no settings, which a mistyped `-c` leaves. Those of CDK, and what it looked up in the
 * account, have other signs than letters and digits in them.
 */
function unknownNames(node: Node): string[] {
  const known = [CONTEXT_KEY, ...SETTING_NAMES.root];
  return Object.keys(node.getAllContext())
    .filter(name => /^\w+$/.test(name) && !known.includes(name))
    .map(name => `${name} in the context (-c) has no effect: it is no setting${didYouMean(name, known)}.`);
}

function didYouMean(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}

/** The command line knows texts only; what reads as JSON (a number, a list) is meant as such. */
function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function sentences(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    const holder = valueAt(input, issue.path) as Record<string, unknown>;
    const names = SETTING_NAMES[(issue.path[0] ?? 'root') as keyof typeof SETTING_NAMES] ?? [];
    return issue.keys.map(key =>
      sentence(`no setting of that name${didYouMean(key, names)}`, [...issue.path, key], holder[key]),
    );
  }
  return [sentence(issue.message, issue.path, valueAt(input, issue.path))];
}

function sentence(what: string, path: readonly PropertyKey[], received: unknown): string {
  const place = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `Expected ${what} for ${CONTEXT_KEY}${place} but received ${excerpt(received)}.`;
}

function excerpt(received: unknown): string {
  const json = JSON.stringify(received) ?? 'nothing';
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    input,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
