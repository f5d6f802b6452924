// IPv4 packets that come in: what is known of each, and whether it may be sent on.

import type { IPv4Header } from "#net/ipv4-packet";
import { isOneHost } from "#net/ipv4-address";
import { BROADCAST_ADDRESS, RTF_REJECT, type Route } from "#net/routes";

/** A packet that has come in, whole. */
export interface Incoming {
  readonly header: IPv4Header;
  /** As it came, for errors that quote it; of one that came in fragments the whole, as it was before. */
  readonly packet: Uint8Array;
  readonly payload: Uint8Array;
  /** It was for this host, or for everybody: nobody complains about the latter. */
  readonly isOurs: boolean;
  readonly isBroadcast: boolean;
  /** Its frame was for everybody or a group, whatever the packet says: it is not sent on, and nobody complains about it. */
  readonly isForMany: boolean;
}

/** Why a packet could not be handled, for ICMP to tell its sender. */
export type Complaint =
  "no route" | "host unreachable" | "time exceeded" | "needs fragmenting" | "no protocol" | "bad option";

/** Why a packet is not sent on by this route; null when it is. */
export function complaintAbout(
  header: IPv4Header,
  packet: Uint8Array,
  route: Route | null,
  mtu: number,
): Complaint | null {
  if (header.timeToLive <= 1) return "time exceeded";
  if (route === null || (route.flags & RTF_REJECT) !== 0) return "no route";
  return packet.length > mtu && header.dontFragment ? "needs fragmenting" : null;
}

/**
 * Whether it has an address that no packet on a network has: its source is not one host, or it is for a host itself (RFC 1122,
 * 3.2.1.3). Whoever has no address yet speaks to everybody.
 */
export function isImpossible({ source, destination }: IPv4Header): boolean {
  if (destination >>> 24 === 127) return true;
  return !isOneHost(source) && !(source === 0 && destination === BROADCAST_ADDRESS);
}

/** A packet, as it is handed to whoever wants it. */
export function incoming(
  header: IPv4Header,
  packet: Uint8Array,
  isOurs: boolean,
  isBroadcast: boolean,
  isForMany: boolean,
): Incoming {
  return { header, packet, payload: packet.subarray(header.headerLength), isOurs, isBroadcast, isForMany };
}

/** One that is on its way to somebody else. */
export function notOurs(header: IPv4Header, packet: Uint8Array): Incoming {
  return incoming(header, packet, false, false, false);
}
