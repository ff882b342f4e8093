import { existsSync, readFileSync } from 'node:fs';
import { CONFIGURATIONS } from '../deploy/configurations';
import { statementsOf } from './statements';
import { synthesize } from './synthesize';

const page = readFileSync('docs/security.md', 'utf8');

/** The rows of the page's first table, each without its last cell, the reason. */
const rows = (/^## Who may do what$.*?(^\|.*?)\n\n/ms.exec(page)?.[1] ?? '')
  .split('\n')
  .slice(2)
  .map(row =>
    row
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  )
  .map(([who, may, on, onlyIf]) => [who, may, on, onlyIf].join(' | ').trim().replace(' |  |', ' | |'));

const statements = Object.values(CONFIGURATIONS).map(settings =>
  statementsOf(synthesize(settings).toJSON() as never),
);

describe('docs/security.md', () => {
  test('has a row for every statement of every configuration', () => {
    expect([...new Set(statements.flat())].filter(statement => !rows.includes(statement))).toEqual([]);
  });

  test('has no row that no template has', () => {
    expect(rows.filter(row => !statements.some(template => template.includes(row)))).toEqual([]);
  });
});

test('docs/security.md names tests that exist', () => {
  const named = [...page.matchAll(/`(test\/[^`]+\.ts)`/g)].map(([, file]) => file as string);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(file => !existsSync(file))).toEqual([]);
});
