// Ethernet frames and their addresses: the sending half of Haiku's ethernet_frame (the other is deframe.ts).

import { writeUint16 } from "#base/bytes";
import { ETHER_HEADER_LENGTH } from "#net/device-module";

/** Bytes of a hardware address. */
export const ETHER_ADDRESS_LENGTH = 6;

export const ETHER_BROADCAST: Uint8Array = new Uint8Array(ETHER_ADDRESS_LENGTH).fill(0xff);

/** Writes a header of 14 bytes. */
export function writeEthernetHeader(
  header: Uint8Array,
  destination: Uint8Array,
  source: Uint8Array,
  frameType: number,
): void {
  header.set(destination);
  header.set(source, ETHER_ADDRESS_LENGTH);
  writeUint16(header, ETHER_HEADER_LENGTH - 2, frameType);
}

/** Whether a frame with this destination is meant for more than one station. */
export function isGroupAddress(address: Uint8Array): boolean {
  return ((address[0] ?? 0) & 1) !== 0;
}

export function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, place) => byte === b[place]);
}

/** A hardware address that is local and no group's, and always the same for the same name. */
export function localHardwareAddress(name: string): Uint8Array {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Uint8Array.of(0x02, 0x1b, hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff);
}
