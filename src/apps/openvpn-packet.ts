// What OpenVPN's daemons send each other: packets in the form of its data channel, numbered, without cryptography.
//
// 4 bytes of opcode and peer, 4 of packet number, 16 where the authentication tag would be, and the payload.

import { newBytes, readUint32, writeUint32 } from "#base/bytes";

export const OVERHEAD = 24;

/** P_DATA_V2 in the high five bits, and the peer, 0. */
const OPCODE = 9 << 27;

/** Packets of a window that are told apart from those that came before. */
const WINDOW = 64;

/** OpenVPN's own: a payload of these bytes is no packet but a sign of life. */
export const PING_PAYLOAD: Uint8Array = new Uint8Array([
  0x2a, 0x18, 0x7b, 0xf3, 0x64, 0x1e, 0xb4, 0xcb, 0x07, 0xed, 0x2d, 0x0a, 0x98, 0x1f, 0xc7, 0x48,
]);

export function seal(number: number, payload: Uint8Array): Uint8Array {
  const packet = newBytes(OVERHEAD + payload.length);
  writeUint32(packet, 0, OPCODE >>> 0);
  writeUint32(packet, 4, number);
  packet.set(payload, OVERHEAD);
  return packet;
}

/** Null for what is none of ours. */
export function unseal(packet: Uint8Array): { readonly number: number; readonly payload: Uint8Array } | null {
  if (packet.length < OVERHEAD || readUint32(packet, 0) !== OPCODE >>> 0) return null;
  return { number: readUint32(packet, 4), payload: packet.subarray(OVERHEAD) };
}

export function isPing(payload: Uint8Array): boolean {
  return payload.length === PING_PAYLOAD.length && payload.every((byte, place) => byte === PING_PAYLOAD[place]);
}

/** Tells packets that have come before from new ones, and gives those up that are too old to tell. */
export class ReplayWindow {
  #highest = 0;
  readonly #seen = new Set<number>();

  /** Whether the packet is new; it is not from then on. */
  accepts(number: number): boolean {
    if (number + WINDOW <= this.#highest || this.#seen.has(number)) return false;
    this.#seen.add(number);
    if (number > this.#highest) {
      this.#highest = number;
      for (const each of this.#seen) if (each + WINDOW <= number) this.#seen.delete(each);
    }
    return true;
  }
}
