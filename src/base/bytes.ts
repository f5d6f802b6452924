// Bytes of packets: numbers in them, big-endian, as networks write them; and memory for them.
//
// Packets are many and short, and an array with memory of its own costs ten times as much as a part of a larger one. So
// packets share pieces of memory. Every byte is given out once, and is zero then: nobody sees which others are near.

/** Bytes of a piece; who wants more than a quarter of it gets memory of his own. */
const PIECE = 0x1_0000;

let piece = new ArrayBuffer(0);
let used = 0;

/**
 * So many bytes, all of them 0. Its `buffer` is larger: for bytes that stay among those who know that.
 * @param room bytes in front of them that nobody else has either
 */
export function newBytes(count: number, room = 0): Uint8Array {
  const length = room + count;
  if (length > PIECE / 4) return new Uint8Array(new ArrayBuffer(length), room);
  if (used + length > PIECE || piece.byteLength === 0) {
    piece = new ArrayBuffer(PIECE);
    used = 0;
  }
  const start = used;
  used += length;
  return new Uint8Array(piece, start + room, count);
}

/** The same bytes again, in memory as `newBytes` gives it. */
export function copyBytes(bytes: Uint8Array): Uint8Array {
  const copy = newBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return readUint16(bytes, at) * 0x1_0000 + readUint16(bytes, at + 2);
}

export function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  writeUint16(bytes, at, value >>> 16);
  writeUint16(bytes, at + 2, value & 0xffff);
}
