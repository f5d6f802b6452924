// Taking the link layer's header off a received packet, and finding out what it carries: the ends of Haiku's
// ethernet_frame and loopback_frame protocols (facts: haiku.md, section 10).

import { B_BAD_DATA, B_OK, type Status } from "#base/status";
import { ETHER_HEADER_LENGTH, ETHER_TYPE_IP, ETHER_TYPE_IPV6, IFT_ETHER } from "#net/device-module";
import type { NetBuffer } from "#net/net-buffer";

/**
 * The deframe function of a device of this hardware type: leaves the payload in `buffer`, and its type.
 * B_BAD_DATA for what is shorter than the header.
 */
export function deframe(hardwareType: number, buffer: NetBuffer): Status {
  if (hardwareType !== IFT_ETHER) {
    buffer.frameType = typeOfBarePacket(buffer.bytes);
    return B_OK;
  }
  if (buffer.size < ETHER_HEADER_LENGTH) return B_BAD_DATA;
  const [high = 0, low = 0] = buffer.bytes.subarray(ETHER_HEADER_LENGTH - 2);
  buffer.frameType = high * 0x100 + low;
  buffer.linkHeader = buffer.bytes.subarray(0, ETHER_HEADER_LENGTH);
  buffer.removeHeader(ETHER_HEADER_LENGTH);
  return B_OK;
}

// A tunnel carries IP packets without a header: the version in the first half byte says which.
function typeOfBarePacket(bytes: Uint8Array): number {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4) return ETHER_TYPE_IP;
  return version === 6 ? ETHER_TYPE_IPV6 : 0;
}
