/** Renders the files it is asked for with the function's own core. */
import { readFileSync } from 'node:fs';
import { limitsFor } from '../../lambda/thumbnail/model/limits';
import type { Format } from '../../lambda/thumbnail/model/variant';
import { estimateMemory } from '../../lambda/thumbnail/render/admit/memory';
import { readHeader } from '../../lambda/thumbnail/render/read/header';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../../test/render/variants';
import { answerLines } from '../child';
import { cpuMs, peakMiB, residentMiB } from '../measure';
import type { RenderAnswer, RenderQuestion } from './question';

const options = { ...OPTIONS, limits: { ...limitsFor(10_240, 60), megapixels: 1000 } };

answerLines<RenderQuestion>(async ({ file, sides, format }): Promise<RenderAnswer> => {
  const source = readFileSync(file);
  const variants = sides.map(side => variant({ width: side, height: side, format: format as Format }));
  const before = residentMiB(process.pid);
  let bytes = 0;
  let outcome = '';
  const ms = await cpuMs(async () => {
    const rendering = await render(source, variants, options);
    outcome = rendering.kind === 'rendered' ? rendering.decoder : rendering.detail;
    bytes = rendering.kind === 'rendered' ? (rendering.thumbnails[0]?.bytes.byteLength ?? 0) : 0;
  });
  const estimate = estimateMemory(await readHeader(source), variants);
  return {
    cpuMs: ms,
    bytes,
    outcome,
    moreMiB: peakMiB(process.pid) - before,
    estimateMiB: (estimate ?? Number.NaN) / 2 ** 20,
  };
});
