// Options of an IPv4 header (RFC 791, RFC 1122): whether they are well formed, the route that a packet records, and which go into a
// reply and into fragments.
//
// A header's options are the bytes behind its first twenty; a packet without any has none of these functions called.
// Not modelled: time stamps and source routes, which are passed over.

import { readUint32, writeUint32 } from "#base/bytes";
import type { IPv4Address } from "#net/ipv4-address";

/** A header without options. */
export const NO_OPTIONS: Uint8Array = new Uint8Array(0);

const END = 0;
const NO_OPERATION = 1;
const RECORD_ROUTE = 7;
/** The bit of an option's type that says it goes into every fragment. */
const COPIED = 0x80;

/** Bytes in front of a recorded route: type, length, and the place of the next address, from 1. */
const ROUTE_HEADER = 3;
const ADDRESS_LENGTH = 4;

/** Where the first option that is malformed begins, or the byte of it that is wrong; null when all are well formed. */
export function faultIn(options: Uint8Array): number | null {
  for (let at = 0; at < options.length;) {
    const type = options[at];
    if (type === END) return null;
    const length = lengthAt(options, at);
    if (length === 0) return at;
    if (type === RECORD_ROUTE) {
      const place = options[at + 2] ?? 0;
      if (length < ROUTE_HEADER) return at + 1;
      if (place <= ROUTE_HEADER || (place <= length && place + ADDRESS_LENGTH - 1 > length)) return at + 2;
    }
    at += length;
  }
  return null;
}

/** The options with one address more on the route that they record, if they do, and have room for it. They are well formed. */
export function recordRoute(options: Uint8Array, address: IPv4Address): Uint8Array {
  const at = find(options, RECORD_ROUTE);
  const place = options[at + 2] ?? 0;
  if (at < 0 || place > (options[at + 1] ?? 0)) return options;
  const recorded = options.slice();
  writeUint32(recorded, at + place - 1, address);
  recorded[at + 2] = place + ADDRESS_LENGTH;
  return recorded;
}

/** What of a request's options its reply has: the recorded route, filled up to whole words. */
export function optionsOfReply(options: Uint8Array): Uint8Array {
  const at = find(options, RECORD_ROUTE);
  if (at < 0) return NO_OPTIONS;
  const length = options[at + 1] ?? 0;
  const kept = new Uint8Array(Math.ceil(length / 4) * 4);
  kept.set(options.subarray(at, at + length));
  return kept;
}

/** The options of all fragments but the first: what does not belong there is no operation, and as long. */
export function optionsOfFragment(options: Uint8Array): Uint8Array {
  const kept = options.slice();
  for (let at = 0; at < kept.length && kept[at] !== END;) {
    const length = lengthAt(kept, at);
    if (length === 0) break;
    if (((kept[at] ?? 0) & COPIED) === 0) kept.fill(NO_OPERATION, at, at + length);
    at += length;
  }
  return kept;
}

/** The addresses on the route that a header's options have recorded. */
export function recordedRoute(options: Uint8Array): readonly IPv4Address[] {
  const at = find(options, RECORD_ROUTE);
  if (at < 0) return [];
  const addresses: IPv4Address[] = [];
  for (let next = ROUTE_HEADER; next + 1 < (options[at + 2] ?? 0); next += ADDRESS_LENGTH) {
    addresses.push(readUint32(options, at + next));
  }
  return addresses;
}

// Bytes of the option that begins here; 0 when that cannot be.
function lengthAt(options: Uint8Array, at: number): number {
  if (options[at] === NO_OPERATION) return 1;
  const length = options[at + 1] ?? 0;
  return length < 2 || at + length > options.length ? 0 : length;
}

function find(options: Uint8Array, type: number): number {
  for (let at = 0; at < options.length && options[at] !== END;) {
    if (options[at] === type) return at;
    const length = lengthAt(options, at);
    if (length === 0) return -1;
    at += length;
  }
  return -1;
}
