// The calls on sockets that a program makes. A socket is a descriptor like any other: read, write, close, dup, poll,
// select and fcntl work on it, and read and write mean its peer.

import { B_BAD_VALUE, EAFNOSUPPORT, ENOTSOCK, EPROTONOSUPPORT, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import type { SocketAddress } from "#net/datagram-socket";
import { internetOf } from "#net/internet";
import { IPPROTO_ICMP, IPPROTO_UDP } from "#net/ipv4-packet";
import { RawSocket } from "#net/raw-socket";
import { UdpSocket } from "#net/udp";
import { O_CLOEXEC, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { OpenFile } from "#vfs/open-file";
import type { UserTeam } from "#vfs/user-team";

export const AF_INET = 1;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
/** Any address of this host; and anybody, where a peer is named. */
export const INADDR_ANY = 0;

/**
 * Makes a socket: a descriptor, or EAFNOSUPPORT (only AF_INET is there), EPROTONOSUPPORT (only UDP, and ICMP on raw
 * sockets), B_NO_MORE_FDS. `type` may have O_NONBLOCK and O_CLOEXEC added.
 */
export function socket(team: UserTeam, family: number, type: number, protocol = 0): Steps<number> {
  return team.syscall("socket", 0, function* (context) {
    const flags = type & (O_NONBLOCK | O_CLOEXEC);
    const made = yield* newSocket(team, family, type & ~(O_NONBLOCK | O_CLOEXEC), protocol, (flags & O_NONBLOCK) !== 0);
    return typeof made === "number" ? made : yield* context.install(made, O_RDWR | flags);
  });
}

/** Gives the socket an address; port 0 takes a free one. EADDRINUSE, EADDRNOTAVAIL, B_BAD_VALUE when it has one. */
export function bind(team: UserTeam, fd: number, address: Readonly<SocketAddress>): Steps<Status> {
  return onSocket(team, "bind", fd, 0, (found) => found.bind(address));
}

/** Names the peer: what is sent goes there, and only from there something comes. Address 0 takes that back. */
export function connect(team: UserTeam, fd: number, peer: Readonly<SocketAddress>): Steps<Status> {
  return onSocket(team, "connect", fd, 0, (found) => found.connect(peer));
}

/** Sends one datagram, to the peer if no address is given: its bytes, or why not. Never waits. */
export function sendto(
  team: UserTeam,
  fd: number,
  bytes: Uint8Array,
  to: Readonly<SocketAddress> | null = null,
): Steps<number> {
  return onSocket(team, "sendto", fd, bytes.length, (found) => found.send(bytes, to));
}

/**
 * Waits for a datagram, and fills `buffer` and `from`: the bytes copied. MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC.
 * B_WOULD_BLOCK, B_INTERRUPTED, B_FILE_ERROR once it is closed, or an error that came for what was sent.
 */
export function* recvfrom(
  team: UserTeam,
  fd: number,
  buffer: Uint8Array,
  flags = 0,
  from: SocketAddress | null = null,
): Steps<number> {
  const count = yield* onSocket(team, "recvfrom", fd, 0, (found) => found.receive(buffer, flags, from));
  if (count > 0) team.copied(Math.min(count, buffer.length));
  return count;
}

/** Where the socket is: fills `address`, with zeros before it has a port. */
export function getsockname(team: UserTeam, fd: number, address: SocketAddress): Steps<Status> {
  return onSocket(team, "getsockname", fd, 0, (found) => found.names("local", address));
}

/** ENOTCONN without a peer. */
export function getpeername(team: UserTeam, fd: number, address: SocketAddress): Steps<Status> {
  return onSocket(team, "getpeername", fd, 0, (found) => found.names("peer", address));
}

function* newSocket(
  team: UserTeam,
  family: number,
  type: number,
  protocol: number,
  isNonblocking: boolean,
): Steps<OpenFile | Status> {
  if (family !== AF_INET) return EAFNOSUPPORT;
  const internet = internetOf(team.kernel);
  switch (type) {
    case SOCK_DGRAM:
      return protocol === 0 || protocol === IPPROTO_UDP ? internet.udp.newSocket(isNonblocking) : EPROTONOSUPPORT;
    case SOCK_RAW:
      return protocol === IPPROTO_ICMP ? yield* internet.raw.newSocket(isNonblocking) : EPROTONOSUPPORT;
    default:
      return type === SOCK_STREAM ? EPROTONOSUPPORT : B_BAD_VALUE;
  }
}

function onSocket(
  team: UserTeam,
  name: string,
  fd: number,
  bytes: number,
  work: (found: UdpSocket | RawSocket) => Steps<number>,
): Steps<number> {
  // As a trace names the call; without a trace nobody asks.
  const named = team.kernel.simulation.recorder === null ? name : `${name}(${fd})`;
  return team.syscall(named, bytes, (context) =>
    context.use(fd, (file) => (file instanceof UdpSocket || file instanceof RawSocket ? work(file) : noSocket())),
  );
}

function* noSocket(): Steps<Status> {
  return ENOTSOCK;
}
