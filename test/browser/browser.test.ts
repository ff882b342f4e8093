import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Rendered } from '../../lambda/thumbnail/model/rendering';
import { render } from '../../lambda/thumbnail/render/render';
import { OPTIONS, variant } from '../render/variants';
import { requires } from '../support/requires';
import { type Drawn, drawInChromium } from './chromium';
import { differenceTo } from './compare';
import { damage, type Source, sound } from './damage';
import { EXCEPTIONS, type Exception, exceptionFor } from './exceptions';

/**
 * "Damaged images are shown as a browser shows them": what Chromium shows, we show, and it looks the same. Chromium shows an image
 * if it has a size in an <img> (`naturalWidth`) and at least one pixel that is not transparent, even if `decode()` rejects:
 * a page then shows what was decoded before the damage.
 *
 *     MINIATURAS_CHROMIUM=chromium npm run jest -- test/browser
 */
const chromium = process.env.MINIATURAS_CHROMIUM;
const corpus = process.env.MINIATURAS_CORPUS;

/** Mean difference over all channels, of 255: what scaling, chroma and colour profiles come to, and more. */
const MOST_DIFFERENCE = { sound: 6, damaged: 10 };

const TYPES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml' };

/** Files that others broke. Served without a type: all but SVG are known by their bytes. */
function damagedCorpus(): Source[] {
  if (corpus === undefined) return [];
  return ['damaged', 'refused'].flatMap(folder =>
    readdirSync(join(corpus, folder))
      .filter(file => !file.endsWith('.shown.png'))
      .map(file => ({
        name: `${folder}/${file}`,
        bytes: readFileSync(join(corpus, folder, file)),
        contentType: TYPES[extname(file)] ?? 'application/octet-stream',
      })),
  );
}

interface Answer {
  readonly name: string;
  readonly theirs: Drawn | undefined;
  readonly ours: Rendered | undefined;
  readonly why: string;
  readonly difference: number;
}

async function answer({ name, bytes }: Source, theirs: Drawn | undefined): Promise<Answer> {
  const rendering = await render(bytes, [variant({ format: 'png' })], OPTIONS);
  if (rendering.kind === 'rejected')
    return { name, theirs, ours: undefined, why: rendering.detail, difference: 0 };
  const [thumbnail] = rendering.thumbnails;
  const difference = (theirs && thumbnail && (await differenceTo(theirs, thumbnail.bytes))) ?? 0;
  return { name, theirs, ours: rendering, why: '', difference };
}

const isRefused = ({ theirs, ours }: Answer) => theirs !== undefined && ours === undefined;
const isFarFrom = ({ ours, difference }: Answer) =>
  ours !== undefined && difference > MOST_DIFFERENCE[ours.damaged ? 'damaged' : 'sound'];
const isOtherSize = ({ theirs, ours }: Answer) =>
  theirs !== undefined &&
  ours !== undefined &&
  (theirs.width !== ours.width || theirs.height !== ours.height);

requires(chromium, "MINIATURAS_CHROMIUM (the name of Chromium's program)").describe(
  'what Chromium shows, we show',
  () => {
    const answers: Answer[] = [];
    beforeAll(async () => {
      const pictures = await sound();
      const sources = [...pictures, ...damage(pictures), ...damagedCorpus()];
      const drawn = await drawInChromium(chromium ?? '', sources);
      for (const [i, source] of sources.entries()) answers.push(await answer(source, drawn[i]));
    }, 900_000);

    afterAll(() => {
      const both = answers.filter(({ theirs, ours }) => theirs && ours).length;
      const ours = answers.filter(({ theirs, ours }) => ours && !theirs).length;
      const rows = EXCEPTIONS.map(one => `  ${sourcesOf(one)} ${one.kind}: ${one.reason}`);
      process.stdout.write(
        `\n${answers.length} sources: ${both} are shown by both, ${ours} by us alone, ` +
          `${answers.filter(isRefused).length} by Chromium alone.\n` +
          `Exceptions:\n${rows.join('\n')}\n`,
      );
    });

    test('none of them is refused', () => {
      expect(without('refused', answers.filter(isRefused)).map(({ name, why }) => `${name}: ${why}`)).toEqual(
        [],
      );
    });

    test('none of them looks different', () => {
      const different = without('colours', answers.filter(isFarFrom));
      expect(different.map(({ name, difference }) => `${name}: ${difference.toFixed(1)}`)).toEqual([]);
    });

    test('none of them has another size', () => {
      const wrong = answers.filter(isOtherSize);
      expect(
        wrong.map(
          ({ name, theirs, ours }) =>
            `${name}: ${ours?.width} × ${ours?.height}, not ${theirs?.width} × ${theirs?.height}`,
        ),
      ).toEqual([]);
    });

    test.each(EXCEPTIONS)('no more exceptions than were looked at: $reason', exception => {
      expect(sourcesOf(exception)).toBeGreaterThan(0);
      expect(sourcesOf(exception)).toBeLessThanOrEqual(exception.most);
    });

    function sourcesOf({ names, kind }: Exception): number {
      const isOne = kind === 'refused' ? isRefused : isFarFrom;
      return answers.filter(one => names.test(one.name) && isOne(one)).length;
    }
  },
);

function without(kind: Exception['kind'], answers: readonly Answer[]): Answer[] {
  return answers.filter(({ name }) => exceptionFor(name, kind) === undefined);
}
