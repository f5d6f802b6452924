// IPv4: packets out by their route, packets in to whoever wants their protocol (facts: haiku.md, section 10).
//
// Invariants:
//   - a packet for an address of this host never touches a device: it comes back through the receive queue of the
//     interface that has the address (RTF_LOCAL); only a loopback interface sends to itself;
//   - an interface whose route was found is held until the packet has been sent;
//   - protocol handlers run in the thread of the interface's consumer, and must not wait for it.
// A packet for somebody else is dropped, or sent on where the host forwards; one from elsewhere with an address that no packet
// on a network has (a group's as source, 127.0.0.1 ...) is dropped, and nobody is told.
// Not modelled: multicast groups, ICMP redirects.

import { B_OK, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, type Status } from "#base/status";
import { after, NOT_YET, resultAtOnce } from "#kernel/at-once";
import type { Kernel } from "#kernel/kernel";
import { NOTHING_TO_DO, type Operation, type Steps } from "#kernel/operation";
import { sendEthernet, type Arp } from "#net/arp";
import { ETHER_TYPE_IP, IFT_ETHER, IFT_LOOP } from "#net/device-module";
import { ETHER_BROADCAST, isGroupAddress } from "#net/ethernet";
import type { Interfaces } from "#net/interfaces";
import { isOneHost, type IPv4Address } from "#net/ipv4-address";
import { complaintAbout, incoming, isImpossible, notOurs, type Complaint, type Incoming } from "#net/ipv4-incoming";
import { fragment, Reassembly } from "#net/ipv4-fragments";
import { faultIn, NO_OPTIONS, recordRoute } from "#net/ipv4-options";
import {
  decrementTimeToLive,
  IPV4_HEADER_LENGTH,
  IPV4_LENGTH_MOST,
  parseIPv4Packet,
  recordRouteIn,
  TIME_TO_LIVE_DEFAULT,
  type IPv4Header,
  type NewHeader,
} from "#net/ipv4-packet";
import { NetBuffer } from "#net/net-buffer";
import { RTF_BROADCAST, RTF_LOCAL, RTF_REJECT, type FoundRoute, type Route, type Routes } from "#net/routes";

/** What a protocol wants to have sent. */
export interface Outgoing {
  readonly protocol: number;
  /** Default: the route's. */
  readonly source?: IPv4Address | null;
  readonly destination: IPv4Address;
  /** Built for the address that the packet will come from. At most 65,515 bytes. */
  readonly payload: (source: IPv4Address) => Uint8Array;
  readonly timeToLive?: number;
  readonly dontFragment?: boolean;
  readonly typeOfService?: number;
  /** Of the header; a route that they record gets the address that the packet comes from. */
  readonly options?: Uint8Array;
}

/** Takes the payload of a protocol; true when somebody wanted it. */
export type ProtocolHandler = (incoming: Incoming) => Steps<boolean>;

/** `detail` is the mtu that is too small, or which byte of the header is wrong. */
export type ComplaintHandler = (complaint: Complaint, incoming: Incoming, detail: number) => Steps<void>;

export class IPv4 {
  readonly kernel: Kernel;
  readonly routes: Routes;
  readonly #interfaces: Interfaces;
  readonly #arp: Arp;
  readonly #reassembly: Reassembly;
  readonly #forwards: boolean;
  /** Written while the host boots, and only then. */
  readonly #protocols = new Map<number, ProtocolHandler>();
  #complain: ComplaintHandler | null = null;

  constructor(kernel: Kernel, interfaces: Interfaces, routes: Routes, arp: Arp, forwards: boolean) {
    this.kernel = kernel;
    this.routes = routes;
    this.#interfaces = interfaces;
    this.#arp = arp;
    this.#forwards = forwards;
    this.#reassembly = new Reassembly(kernel);
    arp.whenUnreachable((packet) => this.#unreachable(packet.bytes));
  }

  register(protocol: number, handler: ProtocolHandler): void {
    this.#protocols.set(protocol, handler);
  }

  /** Who tells the senders of packets what is wrong with them. */
  complainTo(handler: ComplaintHandler): void {
    this.#complain = handler;
  }

  /**
   * Sends a payload: B_OK, also when it is only on its way to be resolved. ENETUNREACH without a route,
   * EHOSTUNREACH when the route or ARP refuses, EMSGSIZE when it is too long, or what the device says.
   */
  *send(outgoing: Outgoing): Steps<Status> {
    const found = yield* this.routes.find(outgoing.destination, true);
    if (found === null) return ENETUNREACH;
    const status = yield* this.#sendOn(found.route, found.id, outgoing);
    yield* this.#interfaces.release(found.route.interface);
    return status;
  }

  /** The address that a packet to `destination` would come from; null without a route. */
  *sourceFor(destination: IPv4Address): Steps<IPv4Address | null> {
    const found = yield* this.routes.find(destination);
    if (found === null) return null;
    yield* this.#interfaces.release(found.route.interface);
    return found.route.source;
  }

  /** Whether an address is one of this host's own. */
  *isLocal(address: IPv4Address): Steps<boolean> {
    const found = yield* this.routes.find(address);
    if (found === null) return false;
    yield* this.#interfaces.release(found.route.interface);
    return (found.route.flags & RTF_LOCAL) !== 0;
  }

  /** A packet has come in, from a network or from this host. The buffer stays the caller's; its bytes may be changed. */
  receive(buffer: NetBuffer, isFromNetwork: boolean): Operation<void> {
    const header = parseIPv4Packet(buffer.bytes);
    if (header === null || (isFromNetwork && isImpossible(header))) return NOTHING_TO_DO;
    this.#charge(header.totalLength);
    const finding = this.routes.find(header.destination);
    const found = resultAtOnce(this.kernel, finding);
    return found === NOT_YET ? this.#receiveLater(buffer, header, finding) : this.#received(buffer, header, found);
  }

  *#receiveLater(buffer: NetBuffer, header: IPv4Header, finding: Operation<FoundRoute | null>): Steps<void> {
    const found = yield* finding;
    yield* this.#received(buffer, header, found);
  }

  #received({ bytes, linkHeader }: NetBuffer, header: IPv4Header, found: FoundRoute | null): Operation<void> {
    const packet = bytes.length === header.totalLength ? bytes : bytes.subarray(0, header.totalLength);
    const isForMany = linkHeader !== null && isGroupAddress(linkHeader);
    const route = found === null ? null : found.route;
    const flags = route === null ? 0 : route.flags;
    const isOurs = (flags & (RTF_LOCAL | RTF_BROADCAST)) !== 0;
    const isSentOn = this.#forwards && !isForMany && isOneHost(header.destination);
    const fault = header.options.length === 0 || !(isOurs || isSentOn) ? null : faultIn(header.options);
    if (!isOurs && isSentOn && fault === null) return this.#sendAlong(route, header, packet);
    const whole = incoming(header, packet, isOurs, (flags & RTF_BROADCAST) !== 0, isForMany);
    return this.#keep(whole, route, fault);
  }

  // It is ours, or nobody's here.
  *#keep(whole: Incoming, route: Route | null, fault: number | null): Steps<void> {
    if (route !== null) yield* this.#interfaces.release(route.interface);
    if (fault !== null) yield* this.#complainOf("bad option", whole, IPV4_HEADER_LENGTH + fault);
    else if (whole.isOurs) yield* this.#deliver(whole);
  }

  #sendAlong(route: Route | null, header: IPv4Header, packet: Uint8Array): Operation<void> {
    const mtu = route === null ? 0 : route.interface.deviceInterface.device.mtu;
    const complaint = complaintAbout(header, packet, route, mtu);
    if (route === null || complaint !== null) return this.#sendAway(route, header, packet, mtu, complaint);
    if (header.options.length > 0) recordRouteIn(packet, header, route.source);
    if (packet.length > mtu) return this.#sentAlong(route, header, packet, this.#forwardInPieces(packet, route, mtu));
    decrementTimeToLive(packet, header); // the bytes that were read are those that are sent
    const sending = this.#transmit(route, header.destination, packet);
    const status = resultAtOnce(this.kernel, sending);
    if (status === NOT_YET) return this.#sentAlong(route, header, packet, sending);
    if (status !== EHOSTUNREACH) return this.#interfaces.release(route.interface);
    return this.#sendAway(route, header, packet, mtu, "host unreachable");
  }

  *#sentAlong(route: Route, header: IPv4Header, packet: Uint8Array, sending: Operation<Status>): Steps<void> {
    const status = yield* sending;
    yield* this.#sendAway(route, header, packet, 0, status === EHOSTUNREACH ? "host unreachable" : null);
  }

  // The packet goes no further, or is gone: the route is given back, and its sender told why it was not sent.
  *#sendAway(
    route: Route | null,
    header: IPv4Header,
    packet: Uint8Array,
    mtu: number,
    complaint: Complaint | null,
  ): Steps<void> {
    if (route !== null) yield* this.#interfaces.release(route.interface);
    if (complaint === null) return;
    yield* this.#complainOf(complaint, notOurs(header, packet), complaint === "needs fragmenting" ? mtu : 0);
  }

  *#deliver(incoming: Incoming): Steps<void> {
    let complete = incoming;
    if (incoming.header.moreFragments || incoming.header.offset > 0) {
      const packet = yield* this.#reassembly.add(incoming.header, incoming.packet);
      const header = packet === null ? null : parseIPv4Packet(packet);
      if (packet === null || header === null) return;
      complete = { ...incoming, header, packet, payload: packet.subarray(header.headerLength) };
    }
    const handler = this.#protocols.get(complete.header.protocol);
    if (handler === undefined) yield* this.#complainOf("no protocol", complete, 0);
    else yield* handler(complete);
  }

  // Gives what became of the last piece.
  *#forwardInPieces(packet: Uint8Array, route: Route, mtu: number): Steps<Status> {
    const header = parseIPv4Packet(packet);
    if (header === null) return B_OK;
    const again: NewHeader = { ...header, timeToLive: header.timeToLive - 1 };
    const payload = packet.subarray(header.headerLength);
    let status: Status = B_OK;
    for (const piece of fragment(again, payload, mtu)) status = yield* this.#transmit(route, header.destination, piece);
    return status;
  }

  // Nobody on the link has answered to the next hop's address. A sender on this host is told like any other, by a message.
  *#unreachable(packet: Uint8Array): Steps<void> {
    const header = parseIPv4Packet(packet);
    if (header !== null) yield* this.#complainOf("host unreachable", notOurs(header, packet), 0);
  }

  *#complainOf(complaint: Complaint, incoming: Incoming, detail: number): Steps<void> {
    if (this.#complain !== null) yield* this.#complain(complaint, incoming, detail);
  }

  *#sendOn(route: Route, id: number, outgoing: Outgoing): Steps<Status> {
    if ((route.flags & RTF_REJECT) !== 0) return EHOSTUNREACH;
    const {
      protocol,
      destination,
      dontFragment = false,
      timeToLive = TIME_TO_LIVE_DEFAULT,
      typeOfService = 0,
    } = outgoing;
    const source = outgoing.source ?? route.source;
    const payload = outgoing.payload(source);
    const options = outgoing.options === undefined ? NO_OPTIONS : recordRoute(outgoing.options, source);
    const length = IPV4_HEADER_LENGTH + options.length + payload.length;
    if (length > IPV4_LENGTH_MOST) return EMSGSIZE;
    this.#charge(length);
    const isLocal = (route.flags & RTF_LOCAL) !== 0;
    const mtu = isLocal ? IPV4_LENGTH_MOST : route.interface.deviceInterface.device.mtu;
    if (dontFragment && length > mtu) return EMSGSIZE;
    const header = {
      id,
      typeOfService,
      dontFragment,
      protocol,
      source,
      destination,
      options,
      timeToLive,
    };
    for (const packet of fragment(header, payload, mtu)) {
      const status = yield* this.#transmit(route, destination, packet);
      if (status !== B_OK) return status;
    }
    return B_OK;
  }

  // Hands a packet to the link that its route names.
  #transmit(route: Route, destination: IPv4Address, packet: Uint8Array): Operation<Status> {
    const { deviceInterface } = route.interface;
    const hardwareType = deviceInterface.device.type;
    const buffer = new NetBuffer(this.kernel, packet, hardwareType === IFT_ETHER ? "copied" : "given");
    if ((route.flags & RTF_LOCAL) !== 0 && hardwareType !== IFT_LOOP) {
      buffer.isLocal = true;
      buffer.frameType = ETHER_TYPE_IP;
      return after(this.kernel, deviceInterface.receiveQueue.enqueue(buffer), (status) =>
        freedUnlessOk(buffer, status),
      );
    }
    if (hardwareType !== IFT_ETHER) return deviceInterface.send(buffer);
    if ((route.flags & RTF_BROADCAST) !== 0) {
      return sendEthernet(route.interface, ETHER_BROADCAST, ETHER_TYPE_IP, buffer);
    }
    return this.#arp.send(route.interface, route.source, route.gateway ?? destination, buffer);
  }

  #charge(bytes: number): void {
    const { simulation, costs } = this.kernel;
    simulation.scheduler.charge(costs.packet + bytes * costs.packetPerByte);
  }
}

// Frees what was not taken.
function freedUnlessOk(buffer: NetBuffer, status: Status): Status {
  if (status !== B_OK) buffer.free();
  return status;
}
