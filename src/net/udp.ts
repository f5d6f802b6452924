// UDP: ports, and the sockets that have them (RFC 768; Haiku's UdpEndpointManager).
//
// Invariants:
//   - a socket has a port from its bind, connect or first sending on, until it is closed;
//   - two sockets have one port only with different addresses of the host;
//   - a datagram goes to the socket that fits best: with this peer, with this address, with any; one for
//     everybody goes to all that fit. One that nobody wants is complained about (port unreachable).
// Order of locks: the ports' before no other: a socket is found, and the lock given back, before it gets anything.

import {
  B_BAD_VALUE,
  B_OK,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EDESTADDRREQ,
  EISCONN,
  EMSGSIZE,
  ENETUNREACH,
  ENOBUFS,
  ENOTCONN,
  type Status,
} from "#base/status";
import { after } from "#kernel/at-once";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { DatagramSocket, type SocketAddress } from "#net/datagram-socket";
import type { Icmp } from "#net/icmp";
import { ICMP_UNREACHABLE, UNREACHABLE_PORT } from "#net/icmp-message";
import type { IPv4 } from "#net/ipv4";
import type { Incoming } from "#net/ipv4-incoming";
import { IPPROTO_UDP, IPV4_HEADER_LENGTH, IPV4_LENGTH_MOST, type IPv4Header } from "#net/ipv4-packet";
import { copyBytes, readUint16 } from "#base/bytes";
import { buildUdpDatagram, parseUdpDatagram, UDP_HEADER_LENGTH } from "#net/udp-datagram";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

/** Ports that are given to sockets which ask for none. */
const EPHEMERAL_FIRST = 40_000;
const EPHEMERAL_LAST = 65_535;

const DATA_MOST = IPV4_LENGTH_MOST - IPV4_HEADER_LENGTH - UDP_HEADER_LENGTH;

/** Where a socket is: address 0 is any of the host's, port 0 none yet. */
interface Binding {
  readonly socket: UdpSocket;
  readonly local: Readonly<SocketAddress>;
  readonly peer: Readonly<SocketAddress> | null;
}

export class Udp {
  readonly #kernel: Kernel;
  readonly #ipv4: IPv4;
  readonly #icmp: Icmp;
  readonly #lock: Mutex;
  /** Protected by the lock. */
  readonly #bindings: Shared<readonly Binding[]>;

  constructor(kernel: Kernel, ipv4: IPv4, icmp: Icmp) {
    this.#kernel = kernel;
    this.#ipv4 = ipv4;
    this.#icmp = icmp;
    this.#lock = new Mutex(kernel, "udp ports");
    this.#bindings = new Shared<readonly Binding[]>(kernel, [], "udp ports");
    ipv4.register(IPPROTO_UDP, (incoming) => this.#receive(incoming));
    icmp.onError(IPPROTO_UDP, (about, payload, status) => this.#passError(about, payload, status));
  }

  /** A socket without a port. */
  newSocket(isNonblocking: boolean): UdpSocket {
    return new UdpSocket(this.#kernel, this, isNonblocking);
  }

  /** bind: port 0 takes a free one. EADDRINUSE, EADDRNOTAVAIL, B_BAD_VALUE when it has a port already. */
  *bind(socket: UdpSocket, { address, port }: Readonly<SocketAddress>): Steps<Status> {
    if (!Number.isInteger(port) || port < 0 || port > 0xffff) return B_BAD_VALUE;
    if (address !== 0 && !(yield* this.#ipv4.isLocal(address))) return EADDRNOTAVAIL;
    using _ = yield* this.#lock.guard();
    if (this.#find(socket) !== null) return B_BAD_VALUE;
    const chosen = port === 0 ? this.#freePort(address) : port;
    if (chosen === null) return ENOBUFS;
    if (this.#isTaken(address, chosen)) return EADDRINUSE;
    this.#bindings.value = [...this.#bindings.value, { socket, local: { address, port: chosen }, peer: null }];
    return B_OK;
  }

  /** connect: only this peer is heard from now on; address 0 ends that. ENETUNREACH without a route. */
  *connect(socket: UdpSocket, peer: Readonly<SocketAddress>): Steps<Status> {
    const source = peer.address === 0 ? 0 : yield* this.#ipv4.sourceFor(peer.address);
    if (source === null) return ENETUNREACH;
    if (peer.address !== 0 && peer.port === 0) return EADDRNOTAVAIL;
    const status = yield* this.ensurePort(socket);
    if (status !== B_OK) return status;
    using _ = yield* this.#lock.guard();
    const binding = this.#find(socket);
    if (binding === null) return B_BAD_VALUE;
    const changed: Binding = { ...binding, peer: peer.address === 0 ? null : { ...peer } };
    this.#bindings.value = this.#bindings.value.map((each) => (each === binding ? changed : each));
    return B_OK;
  }

  /** Where the socket is, with a port if it had none. */
  *ensurePort(socket: UdpSocket): Steps<Status> {
    const binding = yield* this.binding(socket);
    return binding === null ? yield* this.bind(socket, { address: 0, port: 0 }) : B_OK;
  }

  binding(socket: UdpSocket): Operation<Binding | null> {
    return after(this.#kernel, this.#lock.lock(), () => {
      const found = this.#find(socket);
      this.#lock.unlock();
      return found;
    });
  }

  *unbind(socket: UdpSocket): Steps<void> {
    using _ = yield* this.#lock.guard();
    this.#bindings.value = this.#bindings.value.filter((each) => each.socket !== socket);
  }

  *send(local: Readonly<SocketAddress>, to: Readonly<SocketAddress>, bytes: Uint8Array): Steps<number> {
    if (bytes.length > DATA_MOST) return EMSGSIZE;
    const status = yield* this.#ipv4.send({
      protocol: IPPROTO_UDP,
      source: local.address === 0 ? null : local.address,
      destination: to.address,
      payload: (source) =>
        buildUdpDatagram({ source, sourcePort: local.port, destination: to.address, destinationPort: to.port }, bytes),
    });
    return status === B_OK ? bytes.length : status;
  }

  *#receive(incoming: Incoming): Steps<boolean> {
    const { header, payload, isBroadcast } = incoming;
    const datagram = parseUdpDatagram(payload, header);
    if (datagram === null) return true; // damaged: nobody is told
    yield* this.#lock.lock();
    const fitting = this.#fitting(header, datagram.destinationPort, datagram.sourcePort, isBroadcast);
    this.#lock.unlock();
    const data = payload.subarray(UDP_HEADER_LENGTH, datagram.length);
    const from = { address: header.source, port: datagram.sourcePort };
    for (const socket of fitting) yield* socket.deliver(copyBytes(data), from);
    if (fitting.length === 0) yield* this.#icmp.complain([ICMP_UNREACHABLE, UNREACHABLE_PORT], incoming);
    return true;
  }

  // An error about what one of our sockets sent: only one that has this peer is told.
  *#passError(about: IPv4Header, payload: Uint8Array, status: Status): Steps<void> {
    const guard = yield* this.#lock.guard();
    const port = readUint16(payload, 0);
    const peerPort = readUint16(payload, 2);
    const binding = this.#bindings.value.find(
      ({ local, peer }) => local.port === port && peer?.address === about.destination && peer.port === peerPort,
    );
    guard.unlock();
    if (binding !== undefined) yield* binding.socket.fail(status);
  }

  // --- with the lock ---

  #find(socket: UdpSocket): Binding | null {
    return this.#bindings.value.find((each) => each.socket === socket) ?? null;
  }

  #fitting(header: IPv4Header, port: number, fromPort: number, isBroadcast: boolean): readonly UdpSocket[] {
    const fitting = this.#bindings.value.filter(
      ({ local, peer }) =>
        local.port === port &&
        (local.address === 0 || local.address === header.destination || isBroadcast) &&
        (peer === null || (peer.address === header.source && peer.port === fromPort)),
    );
    if (isBroadcast) return fitting.map(({ socket }) => socket);
    const best = fitting.sort((a, b) => closeness(b) - closeness(a))[0];
    return best === undefined ? [] : [best.socket];
  }

  #isTaken(address: number, port: number): boolean {
    return this.#bindings.value.some(
      ({ local }) => local.port === port && (local.address === address || local.address === 0 || address === 0),
    );
  }

  #freePort(address: number): number | null {
    for (let port = EPHEMERAL_FIRST; port <= EPHEMERAL_LAST; port++) if (!this.#isTaken(address, port)) return port;
    return null;
  }
}

function closeness({ local, peer }: Binding): number {
  return (peer === null ? 0 : 2) + (local.address === 0 ? 0 : 1);
}

/** A UDP socket. */
export class UdpSocket extends DatagramSocket {
  readonly #udp: Udp;

  constructor(kernel: Kernel, udp: Udp, isNonblocking: boolean) {
    super(kernel, "udp socket", isNonblocking);
    this.#udp = udp;
  }

  bind(address: Readonly<SocketAddress>): Steps<Status> {
    return this.#udp.bind(this, address);
  }

  connect(peer: Readonly<SocketAddress>): Steps<Status> {
    return this.#udp.connect(this, peer);
  }

  /** getsockname and getpeername: ENOTCONN without a peer. */
  *names(which: "local" | "peer", to: SocketAddress): Steps<Status> {
    const binding = yield* this.#udp.binding(this);
    if (which === "peer" && (binding === null || binding.peer === null)) return ENOTCONN;
    Object.assign(to, which === "peer" ? binding?.peer : (binding?.local ?? { address: 0, port: 0 }));
    return B_OK;
  }

  *send(bytes: Uint8Array, to: Readonly<SocketAddress> | null): Steps<number> {
    const error = yield* this.#pendingError();
    if (error !== B_OK) return error;
    const status = yield* this.#udp.ensurePort(this);
    if (status !== B_OK) return status;
    const binding = yield* this.#udp.binding(this);
    if (binding === null) return B_BAD_VALUE;
    if (to !== null && binding.peer !== null) return EISCONN;
    const destination = to ?? binding.peer;
    if (destination === null) return EDESTADDRREQ;
    return yield* this.#udp.send(binding.local, destination, bytes);
  }

  protected unregister(): Steps<void> {
    return this.#udp.unbind(this);
  }

  #pendingError(): Operation<Status> {
    return after(this.kernel, this.lock.lock(), () => {
      const error = this.takeError();
      this.lock.unlock();
      return error;
    });
  }
}
