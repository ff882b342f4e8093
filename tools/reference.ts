/**
 * Writes what lib/config/schema.ts says of the settings: docs/configuration.md between its two marks, and cdk.schema.json, by which
 * editors complete and check cdk.json. `npm run reference`; test/config/reference.test.ts compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RootConstruct } from 'constructs';
import { z } from 'zod';
import { loadConfig } from '../lib/config/load';
import { configSchema } from '../lib/config/schema';
import { costLine } from '../lib/cost/work';

type Json = z.core.JSONSchema.JSONSchema;
/** A setting in the JSON Schema that zod makes, with what only the reference says. */
type Setting = Json & { readonly takes?: string; readonly otherwise?: string; readonly costs?: string };

const ROOT = join(__dirname, '..');
const PAGE = join(ROOT, 'docs/configuration.md');
const SCHEMA = join(ROOT, 'cdk.schema.json');
/** Settings, and what synth says of their cost. */
export const EXAMPLE = /^```json\n(.*?)^```\n\n> [^\n]*\n/gms;
const MARKS = ['<!-- npm run reference: -->\n', '<!-- until here -->\n'] as const;

/** What the files should have in them. */
export function reference(): { readonly file: string; readonly text: string }[] {
  return [
    { file: PAGE, text: page(readFileSync(PAGE, 'utf8')) },
    { file: SCHEMA, text: `${JSON.stringify(cdkJsonSchema(), null, 2)}\n` },
  ];
}

function settings(): Setting {
  return z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as Setting;
}

/** The page with its middle and the costs of its examples written anew. @throws Error where a mark is missing */
function page(text: string): string {
  const before = text.replaceAll(
    EXAMPLE,
    (_, json) => `\`\`\`json\n${json}\`\`\`\n\n> ${costOf(JSON.parse(json))}\n`,
  );
  const [start, end] = MARKS.map(mark => before.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error(`Expected ${MARKS.join('and ')} in docs/configuration.md.`);
  return before.slice(0, start) + MARKS[0] + sections().join('\n') + before.slice(end);
}

function costOf(miniaturas: object): string {
  const { node } = new RootConstruct();
  node.setContext('miniaturas', miniaturas);
  return costLine(loadConfig(node));
}

function sections(): string[] {
  return Object.entries(settings().properties ?? {}).flatMap(([name, setting]) => {
    const own = setting as Setting;
    const inner = name === 'variants' ? (own.items as Setting) : ((own.anyOf?.[0] as Setting) ?? own);
    return [section('##', name, own), ...parts(name, inner)];
  });
}

/** The settings within one. */
function parts(name: string, { properties = {} }: Setting): string[] {
  const holder = name === 'variants' ? '' : `${name}.`;
  return Object.entries(properties).map(([part, own]) => section('###', `${holder}${part}`, own as Setting));
}

function section(level: string, name: string, setting: Setting): string {
  const { takes, description, costs, otherwise } = setting;
  if (!takes || !description) throw new Error(`Expected words (meta in lib/config) for the setting ${name}.`);
  const byDefault = otherwise ?? `\`${JSON.stringify(setting.default)}\``;
  const lines = [
    `${description}\n`,
    `- takes: ${takes}`,
    `- default: ${byDefault}`,
    ...(costs ? [`- costs, risks: ${costs}`] : []),
  ];
  return `${level} \`${name}\`\n\n${lines.join('\n').replaceAll('](docs/', '](')}\n`;
}

/** All of cdk.json, as far as this app knows it. */
function cdkJsonSchema(): object {
  const { $schema, ...miniaturas } = plain(settings()) as Setting;
  return {
    $schema,
    title: 'cdk.json of Miniaturas',
    type: 'object',
    properties: {
      context: {
        type: 'object',
        properties: {
          miniaturas: { description: 'Settings of the thumbnails: docs/configuration.md.', ...miniaturas },
        },
      },
    },
  };
}

/** Without what JSON Schema does not know; editors show descriptions as they are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const { takes, otherwise, costs, ...rest } = value as Setting;
  const entries = Object.entries(rest).map(([name, part]) => [name, plain(part)]);
  const costly = costs && `Costs, risks: ${costs}`;
  const words = [rest.description ?? takes, costly].filter(Boolean).join(' ');
  const description = words.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  return { ...Object.fromEntries(entries), ...(description && { description }) };
}

if (require.main === module) {
  for (const { file, text } of reference()) writeFileSync(file, text);
}
