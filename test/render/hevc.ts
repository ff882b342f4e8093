/**
 * The least of HEVC that shows any picture: one slice for each block of 32 × 32 px, its samples as they are (`pcm_flag`).
 * Nothing that we may install writes HEVC; decoders take this for what it is. ITU-T H.265, 7.3 (syntax), 9.3.4 (CABAC).
 */

/** Sides of a picture are whole blocks of so many px. */
export const BLOCK = 32;

/** A coded picture: what goes into `hvcC`, and what into the item. */
export interface Hevc {
  readonly configuration: Buffer;
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Writes 4:2:0, full range, BT.601. */
export function hevcOf(
  { width, height }: { readonly width: number; readonly height: number },
  colour: (x: number, y: number) => readonly number[],
): Hevc {
  if (width % BLOCK || height % BLOCK) throw new Error(`Expected blocks of ${BLOCK} px`);
  const [vps, sps, pps] = [vpsOf(), spsOf(width, height), ppsOf()];
  const blocks = (width / BLOCK) * (height / BLOCK);
  const slices = Array.from({ length: blocks }, (_, address) => {
    const left = (address % (width / BLOCK)) * BLOCK;
    const top = Math.floor(address / (width / BLOCK)) * BLOCK;
    return sliceOf({ address, blocks }, (x, y) => yCbCr(colour(left + x, top + y)));
  });
  const data = Buffer.concat(slices.map(nal => Buffer.concat([lengthOf(nal, 4), nal])));
  return { configuration: configurationOf([vps, sps, pps]), data, width, height };
}

function yCbCr([red = 0, green = 0, blue = 0]: readonly number[]): readonly [number, number, number] {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue;
  const values = [y, 128 + (blue - y) / 1.772, 128 + (red - y) / 1.402];
  return values.map(value => Math.max(0, Math.min(255, Math.round(value)))) as [number, number, number];
}

/** ISO/IEC 14496-15, 8.3.3.1 */
function configurationOf(nals: readonly Buffer[]): Buffer {
  const head = Buffer.from('0101600000009000000000005df000fcfdf8f800000f', 'hex');
  const arrays = nals.map(nal => {
    const type = ((nal[0] ?? 0) >> 1) & 63;
    return Buffer.concat([Buffer.from([0x80 | type, 0, 1]), lengthOf(nal, 2), nal]);
  });
  return Buffer.concat([head, Buffer.from([arrays.length]), ...arrays]);
}

function lengthOf(bytes: Buffer, size: number): Buffer {
  const length = Buffer.alloc(size);
  length.writeUIntBE(bytes.length, 0, size);
  return length;
}

class Bits {
  private readonly bits: number[] = [];

  u(length: number, value: number): this {
    for (let bit = length - 1; bit >= 0; bit--) this.bits.push(Math.floor(value / 2 ** bit) % 2);
    return this;
  }

  flags(...values: readonly number[]): this {
    for (const value of values) this.u(1, value);
    return this;
  }

  ue(...values: readonly number[]): this {
    for (const value of values) {
      const length = Math.floor(Math.log2(value + 1));
      this.u(length, 0).u(length + 1, value + 1);
    }
    return this;
  }

  /** A one, then zeros to the next byte. */
  trailing(): this {
    return this.u(1, 1).align();
  }

  align(): this {
    while (this.bits.length % 8) this.bits.push(0);
    return this;
  }

  bytes(): Buffer {
    return Buffer.from(
      Array.from({ length: this.bits.length / 8 }, (_, i) =>
        this.bits.slice(i * 8, i * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
      ),
    );
  }
}

/** A unit with its head, and without what would look like the start of another. */
function nalOf(type: number, payload: Buffer): Buffer {
  const bytes = [type << 1, 1];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3);
      zeros = 0;
    }
    bytes.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(bytes);
}

/** Main profile, progressive, level 3.1. */
function profile(bits: Bits): Bits {
  return bits.u(8, 1).u(32, 0x60000000).flags(1, 0, 0, 1).u(22, 0).u(22, 0).u(8, 93);
}

function vpsOf(): Buffer {
  const bits = profile(new Bits().u(4, 0).u(2, 3).u(6, 0).u(3, 0).flags(1).u(16, 0xffff));
  return nalOf(32, bits.flags(1).ue(0, 0, 0).u(6, 0).ue(0).flags(0, 0).trailing().bytes());
}

function spsOf(width: number, height: number): Buffer {
  const bits = profile(new Bits().u(4, 0).u(3, 0).flags(1));
  bits.ue(0, 1, width, height).flags(0).ue(0, 0, 0).flags(1).ue(0, 0, 0);
  // Coding blocks of 32 px and no other; transform blocks of 4 to 32 px, of which there are none.
  bits.ue(2, 0, 0, 3, 0, 0).flags(0, 0, 0);
  // PCM: 8 bits of luma and chroma, blocks of 32 px, no filter over them.
  bits.flags(1).u(4, 7).u(4, 7).ue(2, 0).flags(1);
  return nalOf(33, bits.ue(0).flags(0, 0, 0, 0, 0).trailing().bytes());
}

function ppsOf(): Buffer {
  const bits = new Bits().ue(0, 0).flags(0, 0).u(3, 0).flags(0, 0).ue(0, 0, 0).flags(0, 0, 0).ue(0, 0);
  // No deblocking.
  bits.flags(0, 0, 0, 0, 0, 0, 0).flags(1, 0, 1).flags(0, 0).ue(0).flags(0, 0);
  return nalOf(34, bits.trailing().bytes());
}

type Sample = (x: number, y: number) => readonly [number, number, number];

function sliceOf({ address, blocks }: { address: number; blocks: number }, sample: Sample): Buffer {
  const bits = new Bits().flags(address === 0 ? 1 : 0, 0).ue(0);
  if (address > 0) bits.u(Math.ceil(Math.log2(blocks)), address);
  bits.ue(2, 0).trailing();
  const coder = new Coder(bits);
  // part_mode: one block; then pcm_flag.
  coder.likely();
  coder.end();
  bits.align();
  const plane = (step: number, channel: 0 | 1 | 2) => {
    for (let y = 0; y < BLOCK; y += step)
      for (let x = 0; x < BLOCK; x += step) bits.u(8, sample(x, y)[channel]);
  };
  plane(1, 0);
  plane(2, 1);
  plane(2, 2);
  // The end of the slice; the last bit of it is the one that `trailing` would write.
  new Coder(bits).end();
  return nalOf(20, bits.align().bytes());
}

/** The encoder of 9.3.5, as far as it is needed: one bin as its first context expects it, and the end. */
class Coder {
  private low = 0;
  private range = 510;
  private first = true;
  private outstanding = 0;

  constructor(private readonly bits: Bits) {}

  likely(): void {
    this.range -= 240;
  }

  end(): void {
    this.low += this.range - 2;
    this.range = 2;
    while (this.range < 256) this.renormalize();
    this.put((this.low >> 9) & 1);
    this.bits.u(2, ((this.low >> 7) & 3) | 1);
  }

  private renormalize(): void {
    if (this.low < 256) this.put(0);
    else if (this.low >= 512) {
      this.low -= 512;
      this.put(1);
    } else {
      this.low -= 256;
      this.outstanding++;
    }
    this.range *= 2;
    this.low *= 2;
  }

  private put(bit: number): void {
    if (this.first) this.first = false;
    else this.bits.u(1, bit);
    for (; this.outstanding > 0; this.outstanding--) this.bits.u(1, 1 - bit);
  }
}
