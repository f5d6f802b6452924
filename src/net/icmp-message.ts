// ICMP messages as bytes (RFC 792).

import { copyBytes, newBytes, writeUint16 } from "#base/bytes";
import { checksum } from "#net/checksum";

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;

/** Codes of ICMP_UNREACHABLE. */
export const UNREACHABLE_NETWORK = 0;
export const UNREACHABLE_HOST = 1;
export const UNREACHABLE_PROTOCOL = 2;
export const UNREACHABLE_PORT = 3;
export const UNREACHABLE_NEEDS_FRAGMENTING = 4;

/** Codes of ICMP_TIME_EXCEEDED. */
export const EXCEEDED_IN_TRANSIT = 0;
export const EXCEEDED_REASSEMBLING = 1;

/** Bytes of the header: type, code, checksum, and four that depend on the type. */
export const ICMP_HEADER_LENGTH = 8;

/** Bytes of the packet in question that an error carries: as much as leaves every link as one packet, of 576 bytes (RFC 1812). */
const QUOTED_MOST = 576 - 20 - ICMP_HEADER_LENGTH;

/** A message; `rest` is the header's second half, as two 16-bit numbers. */
export function buildIcmpMessage(
  type: number,
  code: number,
  rest: readonly [high: number, low: number],
  data: Uint8Array,
): Uint8Array {
  const message = newBytes(ICMP_HEADER_LENGTH + data.length);
  message[0] = type;
  message[1] = code;
  writeUint16(message, 4, rest[0]);
  writeUint16(message, 6, rest[1]);
  message.set(data, ICMP_HEADER_LENGTH);
  writeUint16(message, 2, checksum(message));
  return message;
}

/** The reply to an echo request: the same bytes, but for type and checksum. */
export function echoReplyTo(request: Uint8Array): Uint8Array {
  const reply = copyBytes(request);
  reply[0] = ICMP_ECHO_REPLY;
  writeUint16(reply, 2, 0);
  writeUint16(reply, 2, checksum(reply));
  return reply;
}

/** What an error says of the packet that it is about: its header, and what is behind it. */
export function quoteOf(packet: Uint8Array): Uint8Array {
  return packet.subarray(0, Math.min(packet.length, QUOTED_MOST));
}
