// IPv4 packets as bytes (RFC 791): reading and writing the header.
//
// What its options say: ipv4-options.ts.

import { newBytes, readUint16, readUint32, writeUint16, writeUint32 } from "#base/bytes";
import { checksum } from "#net/checksum";
import type { IPv4Address } from "#net/ipv4-address";
import { NO_OPTIONS, recordRoute } from "#net/ipv4-options";

export const IPV4_HEADER_LENGTH = 20;
/** Bytes of a packet at most, header included. */
export const IPV4_LENGTH_MOST = 0xffff;

export const IPPROTO_ICMP = 1;
export const IPPROTO_UDP = 17;

/** What a packet that is sent may pass. (Haiku's own is 254; 64 is what most others say, and what RFC 1700 recommends.) */
export const TIME_TO_LIVE_DEFAULT = 64;

const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;

/** What an IPv4 header says. Lengths and the offset are in bytes. */
export interface IPv4Header {
  readonly headerLength: number;
  readonly typeOfService: number;
  readonly totalLength: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly offset: number;
  readonly timeToLive: number;
  readonly protocol: number;
  readonly source: IPv4Address;
  readonly destination: IPv4Address;
  /** As they stand there, in whole words. */
  readonly options: Uint8Array;
}

/** What a new packet's header is to say. */
export interface NewHeader {
  /** Default 0. */
  readonly typeOfService?: number;
  readonly id: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Bytes, a multiple of 8. */
  readonly offset?: number;
  readonly timeToLive?: number;
  readonly protocol: number;
  readonly source: IPv4Address;
  readonly destination: IPv4Address;
  /** Whole words, at most ten; none by default. */
  readonly options?: Uint8Array;
}

/** The header of a packet; null when it is malformed: version, lengths or checksum. */
export function parseIPv4Packet(bytes: Uint8Array): IPv4Header | null {
  const first = bytes[0] ?? 0;
  const headerLength = (first & 0x0f) * 4;
  const totalLength = readUint16(bytes, 2);
  if (first >> 4 !== 4 || headerLength < IPV4_HEADER_LENGTH || totalLength < headerLength) return null;
  if (bytes.length < totalLength || checksum(bytes, 0, headerLength) !== 0) return null;
  const fragment = readUint16(bytes, 6);
  return {
    headerLength,
    typeOfService: bytes[1] ?? 0,
    totalLength,
    id: readUint16(bytes, 4),
    dontFragment: (fragment & DONT_FRAGMENT) !== 0,
    moreFragments: (fragment & MORE_FRAGMENTS) !== 0,
    offset: (fragment & OFFSET_MASK) * 8,
    timeToLive: bytes[8] ?? 0,
    protocol: bytes[9] ?? 0,
    source: readUint32(bytes, 12),
    destination: readUint32(bytes, 16),
    options: headerLength === IPV4_HEADER_LENGTH ? NO_OPTIONS : bytes.slice(IPV4_HEADER_LENGTH, headerLength),
  };
}

/** Bytes of the header that `writeIPv4Header` writes. */
export function headerLengthOf({ options = NO_OPTIONS }: NewHeader): number {
  return IPV4_HEADER_LENGTH + options.length;
}

/** Writes a header, checksum included, at the front of `packet`, which is as long as the packet is. */
export function writeIPv4Header(packet: Uint8Array, header: NewHeader): void {
  const { id, offset = 0, timeToLive = TIME_TO_LIVE_DEFAULT, protocol, source, destination } = header;
  const flags =
    (header.dontFragment === true ? DONT_FRAGMENT : 0) | (header.moreFragments === true ? MORE_FRAGMENTS : 0);
  const length = headerLengthOf(header);
  packet[0] = 0x40 | (length / 4);
  packet[1] = header.typeOfService ?? 0;
  writeUint16(packet, 2, packet.length);
  writeUint16(packet, 4, id);
  writeUint16(packet, 6, flags | (offset / 8));
  packet[8] = timeToLive;
  packet[9] = protocol;
  writeUint16(packet, 10, 0);
  writeUint32(packet, 12, source);
  writeUint32(packet, 16, destination);
  if (header.options !== undefined && header.options.length > 0) packet.set(header.options, IPV4_HEADER_LENGTH);
  writeUint16(packet, 10, checksum(packet, 0, length));
}

/** A whole packet: a header, and `payload` behind it. */
export function buildIPv4Packet(header: NewHeader, payload: Uint8Array): Uint8Array {
  const length = headerLengthOf(header);
  const packet = newBytes(length + payload.length);
  packet.set(payload, length);
  writeIPv4Header(packet, header);
  return packet;
}

/**
 * One hop more: the time to live goes down by one, and the checksum follows (RFC 1624: what one word loses, the sum loses).
 * The packet's own bytes change; its checksum must be right.
 */
export function decrementTimeToLive(packet: Uint8Array, { timeToLive }: IPv4Header): void {
  packet[8] = timeToLive - 1;
  const sum = readUint16(packet, 10) + 0x0100;
  const folded = (sum & 0xffff) + (sum >>> 16);
  writeUint16(packet, 10, folded === 0xffff ? 0 : folded); // the two zeros of ones' complement: a header has the plain one
}

/** `address` becomes one more place on the route that the packet records, if it does. The packet's own bytes change, its checksum too. */
export function recordRouteIn(packet: Uint8Array, { options, headerLength }: IPv4Header, address: IPv4Address): void {
  packet.set(recordRoute(options, address), IPV4_HEADER_LENGTH);
  writeUint16(packet, 10, 0);
  writeUint16(packet, 10, checksum(packet, 0, headerLength));
}
