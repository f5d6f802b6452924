// Packets that are too long for an interface: taking them apart, and putting them together again (RFC 791, RFC 815).
//
// Invariants:
//   - a datagram is given up a minute after its first fragment came, or when too many others are under way;
//   - fragments may come in any order, twice, or overlapping, up to a number that no honest datagram has.
// Nobody is told of one that was given up. While exploring nothing grows old here. The table holds bytes, and no buffers: nothing leaks with it.

import { writeUint16 } from "#base/bytes";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { checksum } from "#net/checksum";
import type { IPv4Address } from "#net/ipv4-address";
import { optionsOfFragment } from "#net/ipv4-options";
import { buildIPv4Packet, headerLengthOf, IPV4_LENGTH_MOST, type IPv4Header, type NewHeader } from "#net/ipv4-packet";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

/** Microseconds, and datagrams under way. */
const GIVEN_UP_AFTER = 60_000_000;
const DATAGRAMS_MOST = 64;
/** A datagram's fragments at most: each but the last carries 8 bytes or more. */
const PIECES_MOST = 8192;

/** The packets that carry `payload` over a link of this mtu (bytes, at least 68): one, or fragments. */
export function fragment(header: NewHeader, payload: Uint8Array, mtu: number): readonly Uint8Array[] {
  const headerLength = headerLengthOf(header);
  if (headerLength + payload.length <= mtu) return [buildIPv4Packet(header, payload)];
  const most = Math.floor((mtu - headerLength) / 8) * 8;
  const packets: Uint8Array[] = [];
  const first = header.offset ?? 0;
  const later = header.options === undefined ? header : { ...header, options: optionsOfFragment(header.options) };
  for (let at = 0; at < payload.length; at += most) {
    const moreFragments = at + most < payload.length || header.moreFragments === true;
    const piece = { ...(at === 0 ? header : later), offset: first + at, moreFragments };
    packets.push(buildIPv4Packet(piece, payload.subarray(at, at + most)));
  }
  return packets;
}

/** A piece of a datagram: of its payload, as long as it is not complete. */
interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A datagram whose fragments have not all come. */
interface Partial {
  readonly source: IPv4Address;
  readonly destination: IPv4Address;
  readonly protocol: number;
  readonly id: number;
  /** Microseconds. */
  readonly since: number;
  /** The header of the fragment with the first bytes, once it is there. */
  readonly header: Uint8Array | null;
  /** Sorted by offset. */
  readonly pieces: readonly Piece[];
  /** Bytes of the whole payload, once the last fragment is there. */
  readonly length: number | null;
}

export class Reassembly {
  readonly #kernel: Kernel;
  readonly #lock: Mutex;
  /** Protected by the lock. */
  readonly #partials: Shared<readonly Partial[]>;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#lock = new Mutex(kernel, "ipv4 fragments");
    this.#partials = new Shared<readonly Partial[]>(kernel, [], "ipv4 fragments");
  }

  /**
   * Takes a fragment in: the packet that was taken apart, when it was the last one missing, else null. Its header is the
   * first fragment's.
   */
  *add(header: IPv4Header, packet: Uint8Array): Steps<Uint8Array | null> {
    const { offset, moreFragments, headerLength } = header;
    const payload = packet.subarray(headerLength);
    // Every fragment but the last is a multiple of 8 long, and none reaches beyond what a packet can be.
    if (moreFragments && (payload.length % 8 !== 0 || payload.length === 0)) return null;
    if (offset + payload.length + headerLength > IPV4_LENGTH_MOST) return null;
    using _ = yield* this.#lock.guard();
    const now = this.#now();
    const young = this.#partials.value.filter(({ since }) => now - since <= GIVEN_UP_AFTER);
    const known = young.find((each) => isOf(each, header));
    const others = young.filter((each) => each !== known);
    const { source, destination, protocol, id } = header;
    const before = known ?? { source, destination, protocol, id, since: now, header: null, pieces: [], length: null };
    if (before.pieces.length >= PIECES_MOST) return null;
    const pieces = [...before.pieces, { offset, bytes: payload.slice() }].sort((a, b) => a.offset - b.offset);
    const length = moreFragments ? before.length : offset + payload.length;
    const first = offset === 0 ? packet.slice(0, headerLength) : before.header;
    const whole = length === null || first === null ? null : joined(first, pieces, length);
    const partial = { ...before, header: first, pieces, length };
    this.#partials.value = whole === null ? [...others, partial].slice(-DATAGRAMS_MOST) : others;
    return whole;
  }

  #now(): number {
    const { simulation } = this.#kernel;
    return simulation.scheduler.adversarial ? 0 : simulation.now();
  }
}

function isOf(partial: Partial, header: IPv4Header): boolean {
  return (
    partial.id === header.id &&
    partial.source === header.source &&
    partial.destination === header.destination &&
    partial.protocol === header.protocol
  );
}

// The packet without a hole; null when there is one.
function joined(header: Uint8Array, pieces: readonly Piece[], length: number): Uint8Array | null {
  const packet = new Uint8Array(header.length + length);
  const whole = packet.subarray(header.length);
  let end = 0;
  for (const { offset, bytes } of pieces) {
    if (offset > end) return null;
    if (offset < length) whole.set(bytes.subarray(0, length - offset), offset);
    end = Math.max(end, offset + bytes.length);
  }
  if (end < length || packet.length > IPV4_LENGTH_MOST) return null;
  packet.set(header);
  writeUint16(packet, 2, packet.length);
  writeUint16(packet, 6, 0); // no fragment
  writeUint16(packet, 10, 0);
  writeUint16(packet, 10, checksum(packet, 0, header.length));
  return packet;
}
