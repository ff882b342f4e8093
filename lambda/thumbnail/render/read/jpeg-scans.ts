import { u16be } from './bytes';

const MARKER = { SOF2: 0xc2, EOI: 0xd9, SOS: 0xda };

/**
 * Where the scans of a JPEG begin but the first, in bytes. A progressive picture is decoded whole before its first row comes out, so
 * that libjpeg gives nothing of one in which the markers between two scans are broken; without what comes after, it does.
 */
export function laterScans(source: Uint8Array): number[] {
  const scans = [...segments(source)].filter(({ marker }) => marker === MARKER.SOS);
  return scans.slice(1).map(({ at }) => at);
}

/**
 * A progressive JPEG without the scans that do not count for an eighth of its size: of a component of full resolution libjpeg
 * then takes the mean of each block of 8 × 8, which is in the DC scans, and nothing of the AC scans, 9/10 of the bytes. Of
 * components of less resolution, as colours mostly are, it takes more; their scans stay. The eighth comes out the same.
 * ITU-T T.81, G.1 and B.2.
 *
 * @returns undefined where it is no progressive JPEG from its first to its last marker
 */
export function withoutFineScans(source: Uint8Array): Uint8Array | undefined {
  const parts = [source.subarray(0, 2)];
  let frame: Frame | undefined;
  const emptied = new Set<number>();
  for (const { marker, at, end } of segments(source)) {
    if (marker === MARKER.EOI) {
      if (frame === undefined) return undefined;
      return Buffer.concat([...parts, ...emptyScans(frame, [...emptied]), source.subarray(at, at + 2)]);
    }
    if (isFrame(marker)) {
      if (marker !== MARKER.SOF2 || frame !== undefined) return undefined;
      frame = readFrame(source, at);
    }
    const fine = marker === MARKER.SOS ? fineComponent(source, at, frame) : undefined;
    if (fine === undefined) parts.push(source.subarray(at, end));
    else emptied.add(fine);
  }
  return undefined;
}

interface Segment {
  readonly marker: number;
  readonly at: number;
  /** Where the next one begins; of a scan, behind its coded data. */
  readonly end: number;
}

/** The segments behind the first marker, through whatever is broken between them. */
function* segments(source: Uint8Array): Generator<Segment> {
  let last: Omit<Segment, 'end'> | undefined;
  for (let at = 2; at + 2 <= source.byteLength; ) {
    if (source[at] !== 0xff) {
      // Coded data, in which each 0xff is followed by a 0 or a restart marker.
      at = source.indexOf(0xff, at);
      if (at < 0) break;
    }
    const marker = source[at + 1] as number;
    const isCoded = marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (marker === 0xff) at += 1;
    else if (isCoded) at += 2;
    else {
      if (last !== undefined) yield { ...last, end: at };
      last = { marker, at };
      at += marker === MARKER.EOI ? 2 : 2 + u16be(source, at + 2);
    }
  }
  if (last !== undefined) yield { ...last, end: source.byteLength };
}

interface Frame {
  readonly blocks: number;
  /** Components of full resolution. */
  readonly full: readonly number[];
}

/** SOF, but for DHT, JPG and DAC, which are numbered among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(source: Uint8Array, at: number): Frame {
  const [height, width] = [u16be(source, at + 5), u16be(source, at + 7)];
  const components = Array.from({ length: source[at + 9] ?? 0 }, (_, i) => {
    const [id = 0, sampling = 0] = source.subarray(at + 10 + i * 3);
    return { id, across: sampling >> 4, down: sampling & 15 };
  });
  const across = Math.max(...components.map(component => component.across));
  const down = Math.max(...components.map(component => component.down));
  return {
    blocks: Math.ceil(width / 8) * Math.ceil(height / 8),
    full: components
      .filter(component => component.across === across && component.down === down)
      .map(({ id }) => id),
  };
}

/** The component of a scan that does not count: AC scans are of one component each. */
function fineComponent(source: Uint8Array, at: number, frame: Frame | undefined): number | undefined {
  const [count = 0, component = 0, , firstCoefficient = 0] = source.subarray(at + 4);
  return count === 1 && firstCoefficient > 0 && frame?.full.includes(component) ? component : undefined;
}

/** Blocks that one code says are empty: the run EOB14, its 14 bits all 0. */
const RUN = 2 ** 14;

/**
 * AC scans of components that say nothing but that all blocks are without waves. Without any, libjpeg would guess at waves and
 * smooth the means (`smoothing_ok` in jdcoefct.c).
 */
function emptyScans({ blocks }: Frame, components: readonly number[]): Uint8Array[] {
  if (components.length === 0) return [];
  // DHT: in AC table 0 the code of one bit, 0, is the run. DRI: no restart markers.
  const tables = [0xff, 0xc4, 0, 20, 0x10, 1, ...Array(15).fill(0), 0xe0, 0xff, 0xdd, 0, 4, 0, 0];
  const data = new Uint8Array(Math.ceil((Math.ceil(blocks / RUN) * 15) / 8));
  const scans = components.flatMap(component => [
    Uint8Array.of(0xff, MARKER.SOS, 0, 8, 1, component, 0, 1, 63, 0),
    data,
  ]);
  return [Uint8Array.from(tables), ...scans];
}
