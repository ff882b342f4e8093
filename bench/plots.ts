/**
 * Draws docs/*.svg from bench/results.
 *
 *     tsx bench/plots.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PlotOptions } from '@observablehq/plot';
import type { Table } from './part';

// Its types declare another module's name.
const { createDocument } = require('@mixmark-io/domino') as {
  createDocument(html: string): NonNullable<PlotOptions['document']>;
};

const DOCS = join(__dirname, '../docs');

function rowsOf(part: string): Table['rows'] {
  const { tables } = JSON.parse(readFileSync(join(__dirname, 'results', `${part}.json`), 'utf8')) as {
    tables: Table[];
  };
  return tables[0]?.rows ?? [];
}

async function main(): Promise<void> {
  const Plot = await import('@observablehq/plot');
  const document = createDocument('<html><body></body></html>');
  const draw = (file: string, options: PlotOptions) => {
    const svg = Plot.plot({ document, width: 720, ...options });
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    // Pages may be dark, and the words are black.
    const page = svg.outerHTML.replace('>', '><rect width="100%" height="100%" fill="white"/>');
    writeFileSync(join(DOCS, file), `${page}\n`);
  };

  const billed = rowsOf('billed').flatMap(([name, wall, cpu]) => [
    { name, what: 'CPU', ms: Number(cpu) },
    { name, what: 'waiting', ms: Math.max(0, Number(wall) - Number(cpu)) },
  ]);
  draw('billed.svg', {
    marginLeft: 220,
    color: { legend: false, domain: ['CPU', 'waiting'], range: ['#336699', '#c8d8e8'] },
    x: { label: 'billed ms a photo (dark: CPU, light: waiting)', grid: true },
    y: { label: null, domain: rowsOf('billed').map(([name]) => String(name)) },
    marks: [Plot.barX(billed, { y: 'name', x: 'ms', fill: 'what' }), Plot.ruleX([0])],
  });

  const growth = rowsOf('growth')
    .map(([source, megapixels, cpu]) => ({
      source: String(source),
      megapixels: Number(megapixels),
      cpu: Number(cpu),
    }))
    .filter(({ source, cpu }) => ['jpeg', 'png', 'webp'].includes(source) && cpu > 0);
  draw('growth.svg', {
    marginLeft: 60,
    marginRight: 60,
    x: { type: 'log', label: 'megapixels', grid: true },
    y: { type: 'log', label: 'ms CPU', grid: true },
    marks: [
      Plot.line(growth, { x: 'megapixels', y: 'cpu', stroke: 'source', marker: true }),
      Plot.text(growth, Plot.selectLast({ x: 'megapixels', y: 'cpu', z: 'source', text: 'source', dx: 24 })),
    ],
  });
}

void main();
