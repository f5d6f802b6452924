// Raw ICMP sockets: what `ping` sends its requests with, and hears the replies.
//
// Each socket gets a copy of every ICMP message that comes for this host, but echo requests, which the kernel answers;
// the IP header is in front. What is sent is the message alone, its checksum included.

import { B_OK, EDESTADDRREQ, EMSGSIZE, ENOTCONN, type Status } from "#base/status";
import { copyBytes, newBytes } from "#base/bytes";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { DatagramSocket, type SocketAddress } from "#net/datagram-socket";
import type { Icmp } from "#net/icmp";
import type { IPv4 } from "#net/ipv4";
import type { Incoming } from "#net/ipv4-incoming";
import { IPPROTO_ICMP, IPV4_HEADER_LENGTH, IPV4_LENGTH_MOST } from "#net/ipv4-packet";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

export class RawSockets {
  readonly #kernel: Kernel;
  readonly ipv4: IPv4;
  readonly #lock: Mutex;
  /** Protected by the lock. */
  readonly #sockets: Shared<readonly RawSocket[]>;

  constructor(kernel: Kernel, ipv4: IPv4, icmp: Icmp) {
    this.#kernel = kernel;
    this.ipv4 = ipv4;
    this.#lock = new Mutex(kernel, "raw sockets");
    this.#sockets = new Shared<readonly RawSocket[]>(kernel, [], "raw sockets");
    icmp.onMessage((incoming) => this.#receive(incoming));
  }

  *newSocket(isNonblocking: boolean): Steps<RawSocket> {
    const socket = new RawSocket(this.#kernel, this, isNonblocking);
    using _ = yield* this.#lock.guard();
    this.#sockets.value = [...this.#sockets.value, socket];
    return socket;
  }

  *remove(socket: RawSocket): Steps<void> {
    using _ = yield* this.#lock.guard();
    this.#sockets.value = this.#sockets.value.filter((each) => each !== socket);
  }

  *#receive({ header, packet, payload }: Incoming): Steps<void> {
    if (this.#sockets.value.length === 0) return;
    yield* this.#lock.lock();
    const sockets = this.#sockets.value;
    this.#lock.unlock();
    const bytes = newBytes(header.headerLength + payload.length);
    bytes.set(packet.subarray(0, header.headerLength));
    bytes.set(payload, header.headerLength);
    for (const socket of sockets) yield* socket.deliver(copyBytes(bytes), { address: header.source, port: 0 });
  }
}

export class RawSocket extends DatagramSocket {
  readonly #all: RawSockets;
  /** Protected by the lock. */
  readonly #peer: Shared<Readonly<SocketAddress> | null>;

  constructor(kernel: Kernel, all: RawSockets, isNonblocking: boolean) {
    super(kernel, "raw socket", isNonblocking);
    this.#all = all;
    this.#peer = new Shared<Readonly<SocketAddress> | null>(kernel, null, "raw socket peer");
  }

  *bind(): Steps<Status> {
    return B_OK;
  }

  *connect(peer: Readonly<SocketAddress>): Steps<Status> {
    using _ = yield* this.lock.guard();
    this.#peer.value = peer.address === 0 ? null : { ...peer };
    return B_OK;
  }

  *names(which: "local" | "peer", to: SocketAddress): Steps<Status> {
    using _ = yield* this.lock.guard();
    const peer = this.#peer.value;
    if (which === "peer" && peer === null) return ENOTCONN;
    Object.assign(to, which === "peer" ? peer : { address: 0, port: 0 });
    return B_OK;
  }

  *send(bytes: Uint8Array, to: Readonly<SocketAddress> | null): Steps<number> {
    if (bytes.length > IPV4_LENGTH_MOST - IPV4_HEADER_LENGTH) return EMSGSIZE;
    yield* this.lock.lock();
    const destination = to ?? this.#peer.value;
    this.lock.unlock();
    if (destination === null) return EDESTADDRREQ;
    const message = copyBytes(bytes);
    const status = yield* this.#all.ipv4.send({
      protocol: IPPROTO_ICMP,
      destination: destination.address,
      payload: () => message,
    });
    return status === B_OK ? bytes.length : status;
  }

  protected unregister(): Steps<void> {
    return this.#all.remove(this);
  }
}
