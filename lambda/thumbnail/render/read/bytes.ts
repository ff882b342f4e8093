/** Readers that answer 0 or '' beyond the end: headers are parsed from whatever people drop. */

export function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'latin1',
    offset,
    offset + length,
  );
}

export function startsWith(bytes: Uint8Array, signature: string, offset = 0): boolean {
  return ascii(bytes, offset, signature.length) === signature;
}

/** An unsigned integer of `size` bytes (1 to 4). */
export function uint(
  bytes: Uint8Array,
  offset: number,
  { size, littleEndian = false }: { size: number; littleEndian?: boolean },
): number {
  if (offset < 0 || offset + size > bytes.byteLength) return 0;
  let value = 0;
  for (let i = 0; i < size; i++)
    value = value * 256 + (bytes[offset + (littleEndian ? size - 1 - i : i)] ?? 0);
  return value;
}

export const u16be = (bytes: Uint8Array, offset: number) => uint(bytes, offset, { size: 2 });
export const u32be = (bytes: Uint8Array, offset: number) => uint(bytes, offset, { size: 4 });
export const u16le = (bytes: Uint8Array, offset: number) =>
  uint(bytes, offset, { size: 2, littleEndian: true });
export const u32le = (bytes: Uint8Array, offset: number) =>
  uint(bytes, offset, { size: 4, littleEndian: true });
