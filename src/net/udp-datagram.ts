// UDP datagrams as bytes (RFC 768), with their checksums over the pseudo-header.

import { newBytes, readUint16, writeUint16 } from "#base/bytes";
import { checksumSum, foldChecksum } from "#net/checksum";
import type { IPv4Address } from "#net/ipv4-address";
import { IPPROTO_UDP } from "#net/ipv4-packet";

export const UDP_HEADER_LENGTH = 8;

/** Two ends of a datagram. */
export interface UdpEnds {
  readonly source: IPv4Address;
  readonly sourcePort: number;
  readonly destination: IPv4Address;
  readonly destinationPort: number;
}

export interface UdpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Bytes, header included. */
  readonly length: number;
}

export function buildUdpDatagram(ends: UdpEnds, data: Uint8Array): Uint8Array {
  const datagram = newBytes(UDP_HEADER_LENGTH + data.length);
  writeUint16(datagram, 0, ends.sourcePort);
  writeUint16(datagram, 2, ends.destinationPort);
  writeUint16(datagram, 4, datagram.length);
  datagram.set(data, UDP_HEADER_LENGTH);
  const sum = foldChecksum(checksumSum(datagram, 0, datagram.length, pseudoSum(ends, datagram.length)));
  // 0 means that there is none, so what comes out as 0 is written as its other form.
  writeUint16(datagram, 6, sum === 0 ? 0xffff : sum);
  return datagram;
}

/** The header of a datagram; null when it is malformed: too short, or a wrong checksum. */
export function parseUdpDatagram(
  bytes: Uint8Array,
  addresses: { readonly source: IPv4Address; readonly destination: IPv4Address },
): UdpHeader | null {
  const length = readUint16(bytes, 4);
  if (bytes.length < UDP_HEADER_LENGTH || length < UDP_HEADER_LENGTH || length > bytes.length) return null;
  const isSummed = readUint16(bytes, 6) !== 0;
  if (isSummed && foldChecksum(checksumSum(bytes, 0, length, pseudoSum(addresses, length))) !== 0) return null;
  return { sourcePort: readUint16(bytes, 0), destinationPort: readUint16(bytes, 2), length };
}

function pseudoSum(
  { source, destination }: { readonly source: IPv4Address; readonly destination: IPv4Address },
  length: number,
): number {
  return (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + IPPROTO_UDP + length;
}
