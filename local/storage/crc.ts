/** A cyclic redundancy check that Node does not have, over pieces of bytes. */
export interface Crc {
  update(piece: Uint8Array): void;
  /** Big-endian. */
  digest(): Buffer;
}

/** CRC-32C (Castagnoli). https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-32-iscsi */
export const crc32c = () => reflectedCrc(CASTAGNOLI);

/** CRC-64/NVME. https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme */
export const crc64nvme = () => reflectedCrc(NVME);

/** A polynomial with its bits reversed, as two halves of 32 bits, and the check of each single byte. */
interface Polynomial {
  readonly bytes: 4 | 8;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const CASTAGNOLI = tableOf({ bytes: 4, high: 0, low: 0x82f63b78 });
const NVME = tableOf({ bytes: 8, high: 0x9a6c9329, low: 0xac4bc9b5 });

function tableOf(reversed: { bytes: 4 | 8; high: number; low: number }): Polynomial {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let h = 0;
    let l = byte;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        h ^= reversed.high;
        l ^= reversed.low;
      }
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { bytes: reversed.bytes, high, low };
}

/** Numbers, not BigInt, which takes a hundred times as long. */
function reflectedCrc({ bytes, high, low }: Polynomial): Crc {
  let h = bytes === 8 ? -1 : 0;
  let l = -1;
  return {
    update(piece) {
      for (const byte of piece) {
        const index = (l ^ byte) & 0xff;
        l = ((l >>> 8) | (h << 24)) ^ (low[index] ?? 0);
        h = (h >>> 8) ^ (high[index] ?? 0);
      }
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeInt32BE(~h, 0);
      result.writeInt32BE(~l, 4);
      return result.subarray(8 - bytes);
    },
  };
}
