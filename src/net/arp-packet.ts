// ARP packets as bytes (RFC 826), for Ethernet and IPv4.

import { readUint16, readUint32, writeUint16, writeUint32 } from "#base/bytes";
import { ETHER_TYPE_IP } from "#net/device-module";
import { ETHER_ADDRESS_LENGTH } from "#net/ethernet";
import type { IPv4Address } from "#net/ipv4-address";

export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

/** Ethernet, and all networks of IEEE 802, which say the same of themselves on an Ethernet (RFC 1042). */
const HARDWARE_ETHERNET = 1;
const HARDWARE_IEEE802 = 6;
const LENGTH = 28;

export interface ArpPacket {
  readonly operation: number;
  readonly senderHardware: Uint8Array;
  readonly sender: IPv4Address;
  readonly targetHardware: Uint8Array;
  readonly target: IPv4Address;
}

/** Null when it is none that we understand: other hardware or protocol, too short. */
export function parseArpPacket(bytes: Uint8Array): ArpPacket | null {
  if (bytes.length < LENGTH) return null;
  const hardware = readUint16(bytes, 0);
  if (hardware !== HARDWARE_ETHERNET && hardware !== HARDWARE_IEEE802) return null;
  if (readUint16(bytes, 2) !== ETHER_TYPE_IP) return null;
  if (bytes[4] !== ETHER_ADDRESS_LENGTH || bytes[5] !== 4) return null;
  return {
    operation: readUint16(bytes, 6),
    senderHardware: bytes.slice(8, 14),
    sender: readUint32(bytes, 14),
    targetHardware: bytes.slice(18, 24),
    target: readUint32(bytes, 24),
  };
}

export function buildArpPacket(packet: ArpPacket): Uint8Array {
  const bytes = new Uint8Array(LENGTH);
  writeUint16(bytes, 0, HARDWARE_ETHERNET);
  writeUint16(bytes, 2, ETHER_TYPE_IP);
  bytes[4] = ETHER_ADDRESS_LENGTH;
  bytes[5] = 4;
  writeUint16(bytes, 6, packet.operation);
  bytes.set(packet.senderHardware, 8);
  writeUint32(bytes, 14, packet.sender);
  bytes.set(packet.targetHardware, 18);
  writeUint32(bytes, 24, packet.target);
  return bytes;
}
