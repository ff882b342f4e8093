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
    const svg = Plot.plot({ document, width: 720, style: { background: 'white' }, ...options });
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    writeFileSync(join(DOCS, file), `${svg.outerHTML}\n`);
  };

  const billed = rowsOf('billed').flatMap(([name, wall, cpu]) => [
    { name, what: 'CPU', ms: Number(cpu) },
    { name, what: 'waiting', ms: Math.max(0, Number(wall) - Number(cpu)) },
  ]);
  draw('billed.svg', {
    marginLeft: 220,
    color: { legend: false, domain: ['CPU', 'waiting'], range: ['#336699', '#c8d8e8'] },
    x: { label: 'billed ms a photo (dark: CPU, light: waiting for S3)', grid: true },
    y: { label: null, domain: rowsOf('billed').map(([name]) => String(name)) },
    marks: [Plot.barX(billed, { y: 'name', x: 'ms', fill: 'what' }), Plot.ruleX([0])],
  });

  const growth = rowsOf('growth')
    .map(([source, megapixels, cpu, , peak]) => ({
      source: String(source),
      megapixels: Number(megapixels),
      cpu: Number(cpu),
      peak: Number(peak),
    }))
    .filter(({ source }) => ['jpeg', 'png', 'webp'].includes(source));
  draw('growth.svg', {
    marginLeft: 60,
    marginRight: 60,
    x: { type: 'log', label: 'megapixels', grid: true },
    y: { type: 'log', label: 'peak MiB over the idle process', grid: true },
    marks: [
      Plot.line(growth, { x: 'megapixels', y: 'peak', stroke: 'source', marker: true }),
      Plot.text(growth, Plot.selectLast({ x: 'megapixels', y: 'peak', z: 'source', text: 'source', dx: 24 })),
    ],
  });
}

void main();
