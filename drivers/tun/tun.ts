// The TUN/TAP driver: /dev/tap/NAME carries Ethernet frames, /dev/tun/NAME IP packets, between programs and a
// network interface of the same name. Nodes come into being when a name is opened, or when `ifconfig NAME up`
// makes the interface, and go when neither an interface nor a descriptor is left.
//
// A descriptor begins in the app's form; the ioctl TUNSETIFF switches it to the interface's, of which a node has
// one. The two forms differ in which queue they read and which they write, and in nothing else.
//
// Invariants:
//   - which queues a descriptor reads and writes changes only with the locks of both held, so holding either is
//     enough to rely on it. A call looks first, to know which lock to take, and looks again once it has it;
//   - close makes everybody leave and lets nobody wait again; free, when nobody is inside, is the only place
//     where the cookie dies (facts: haiku.md, section 7);
//   - nobody sleeps to let another thread go first.
// read, write and select unlock with `finally`, and not with `using`: compiled for this Node that costs as much as a step, and
// every packet comes by here twice.
//
// Behaviour where systems differ (facts: tun-behaviour.md): one packet a read and a write; a short read cuts the
// packet; a full queue drops the newest and says ENOBUFS, and a write never blocks; a packet for which nobody
// holds the other side is refused with B_IO_ERROR, and what is unread when the last holder leaves is dropped.
// Without memory open, write and select say B_NO_MEMORY, and everything is as it was before.
// Not modelled: packet information headers, several queues for one interface, owners.

import {
  atomically,
  B_BAD_DATA,
  B_BAD_VALUE,
  B_BUSY,
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_ENTRY_NOT_FOUND,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_IO_ERROR,
  B_NO_MEMORY,
  B_NOT_ALLOWED,
  B_OK,
  B_SELECT_READ,
  B_SELECT_WRITE,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  B_WOULD_BLOCK,
  bool,
  defineDriver,
  EMSGSIZE,
  ENOBUFS,
  NetBuffer,
  notifySelectEvent,
  O_NONBLOCK,
  pointer,
  reference,
  struct,
  type DeviceHooks,
  type InstanceOf,
  type Kernel,
  type SelectInfo,
  type Status,
  type Steps,
} from "#kernel-export";
import { TUNGETCOUNTERS, TUNHANGUP, TUNSETIFF, type TunCounters } from "#drivers/tun/ioctl";
import { nodeNameOf } from "#drivers/tun/names";
import { tunModule } from "#drivers/tun/network-device";
import { TunNode, TunNodes } from "#drivers/tun/nodes";
import {
  accepts,
  addReader,
  countersOf,
  isEmpty,
  PacketQueue,
  removeReader,
  takeInto,
} from "#drivers/tun/packet-queue";
import { ETHERNET_HEADER_LENGTH, PACKET_LENGTH_MOST } from "#drivers/tun/sizes";

const TunCookie = struct("tun_cookie", {
  node: pointer<TunNode>(),

  // Written with the locks of both queues, read with either; the two queues also without, by who then looks again.
  /** What this descriptor reads and writes; null when it is closed or has hung up. */
  receive: atomically(reference<PacketQueue>()),
  send: atomically(reference<PacketQueue>()),
  nonblocking: bool(),
  closing: bool(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver. */
export const tunDriver = defineDriver({
  name: "tun",
  load(kernel) {
    const { nodes } = new TunHooks(kernel);
    const create = (name: string): Steps<Status> => nodes.create(name);
    return {
      onDemand: [
        { directory: "tap", create },
        { directory: "tun", create },
      ],
      networkModules: [tunModule(kernel, nodes)],
    };
  },
});

class TunHooks implements DeviceHooks<TunCookie> {
  readonly isStream = true;
  readonly copiesWrites = true;
  readonly nodes: TunNodes;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.nodes = new TunNodes(kernel, this);
  }

  *open(name: string, flags: number): Steps<TunCookie | Status> {
    const node = yield* this.nodes.addDescriptor(name);
    if (typeof node === "number") return node;
    const { toApp, toInterface } = node;
    const nonblocking = (flags & O_NONBLOCK) !== 0;
    const cookie = this.#kernel.heap.tryNew(TunCookie, { node, receive: toApp, send: toInterface, nonblocking });
    if (cookie === null) {
      yield* this.nodes.removeDescriptor(node);
      return B_NO_MEMORY;
    }
    using _ = yield* toApp.lock.guard();
    yield* addReader(toApp);
    return cookie;
  }

  *close(cookie: TunCookie): Steps<Status> {
    using _ = yield* cookie.node.toApp.lock.guard();
    using __ = yield* cookie.node.toInterface.lock.guard();
    cookie.closing = true;
    yield* changeSide(cookie, null, null);
    return B_OK;
  }

  *free(cookie: TunCookie): Steps<Status> {
    const { node } = cookie;
    this.#kernel.heap.delete(cookie);
    yield* this.nodes.removeDescriptor(node);
    return B_OK;
  }

  *ioctl(cookie: TunCookie, operation: number, argument: unknown): Steps<Status> {
    using _ = yield* cookie.node.toApp.lock.guard();
    using __ = yield* cookie.node.toInterface.lock.guard();
    if (cookie.closing) return B_FILE_ERROR;
    switch (operation) {
      case TUNSETIFF:
        return yield* becomeInterface(cookie, argument);
      case TUNHANGUP:
        return yield* hangUp(cookie);
      case TUNGETCOUNTERS:
        return getCounters(cookie.node, argument);
      case B_SET_NONBLOCKING_IO:
      case B_SET_BLOCKING_IO:
        cookie.nonblocking = operation === B_SET_NONBLOCKING_IO;
        return B_OK;
      default:
        return B_DEV_INVALID_IOCTL;
    }
  }

  *read(cookie: TunCookie, _position: number, buffer: Uint8Array): Steps<number> {
    const queue = cookie.receive;
    if (queue === null) return B_FILE_ERROR;
    yield* queue.lock.lock();
    try {
      while (cookie.receive === queue && isEmpty(queue)) {
        if (cookie.nonblocking) return B_WOULD_BLOCK;
        const status = yield* queue.readable.wait(queue.lock, B_CAN_INTERRUPT);
        // Any other status: a packet came, or somebody left, perhaps with another descriptor.
        if (status === B_INTERRUPTED) return status;
      }
      if (cookie.receive !== queue) return B_FILE_ERROR;
      const length = takeInto(buffer, queue);
      yield* queue.selecting.notify(B_SELECT_WRITE);
      return length;
    } finally {
      queue.lock.unlock();
    }
  }

  *write(cookie: TunCookie, _position: number, bytes: Uint8Array): Steps<number> {
    const queue = cookie.send;
    if (queue === null) return B_FILE_ERROR;
    const status = checkPacket(cookie.node, bytes);
    if (status !== B_OK) return status;
    yield* queue.lock.lock();
    try {
      if (cookie.send !== queue) return B_FILE_ERROR;
      if (!accepts(queue)) {
        queue.dropped++;
        return queue.readers === 0 ? B_IO_ERROR : ENOBUFS;
      }
      const packet = NetBuffer.tryNew(this.#kernel, bytes);
      if (packet === null) {
        queue.dropped++;
        return B_NO_MEMORY;
      }
      queue.packets.append(packet);
      yield* queue.readable.notifyOne();
      yield* queue.selecting.notify(B_SELECT_READ);
      return bytes.length;
    } finally {
      queue.lock.unlock();
    }
  }

  *select(cookie: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
    if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
    const queue = selectedQueue(cookie, event);
    // Without a side every call comes back at once.
    if (queue === null) return yield* notifySelectEvent(sync, event);
    yield* queue.lock.lock();
    try {
      if (selectedQueue(cookie, event) !== queue) return yield* notifySelectEvent(sync, event);
      const status = queue.selecting.add(sync, event);
      if (status !== B_OK) return status;
      const isReady = event === B_SELECT_READ ? !isEmpty(queue) : accepts(queue);
      if (isReady) yield* notifySelectEvent(sync, event);
      return B_OK;
    } finally {
      queue.lock.unlock();
    }
  }

  *deselect({ node }: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
    // It is in one of the two pools; the descriptor may have changed sides since.
    for (const queue of [node.toApp, node.toInterface]) {
      yield* queue.lock.lock();
      const status = queue.selecting.remove(sync, event);
      queue.lock.unlock();
      if (status === B_OK) return B_OK;
    }
    return B_ENTRY_NOT_FOUND;
  }
}

function selectedQueue(cookie: TunCookie, event: number): PacketQueue | null {
  return event === B_SELECT_READ ? cookie.receive : cookie.send;
}

// --- with the locks of both queues ---

// Calls that are under way on the side that is left come back with B_FILE_ERROR: not B_INTERRUPTED, which would
// start them again.
function* changeSide(cookie: TunCookie, receive: PacketQueue | null, send: PacketQueue | null): Steps<void> {
  const left = cookie.receive;
  cookie.receive = receive;
  cookie.send = send;
  if (left !== null) yield* removeReader(left);
  if (receive !== null) yield* addReader(receive);
}

// From the app's form, or from having hung up.
function* becomeInterface(cookie: TunCookie, argument: unknown): Steps<Status> {
  const { name, toApp, toInterface } = cookie.node;
  if (cookie.receive === toInterface) return B_NOT_ALLOWED;
  if (argument !== undefined && argument !== null) {
    if (typeof argument !== "string" || nodeNameOf(argument) !== name) return B_BAD_VALUE;
  }
  if (toInterface.readers > 0) return B_BUSY;
  yield* changeSide(cookie, toInterface, toApp);
  return B_OK;
}

function* hangUp(cookie: TunCookie): Steps<Status> {
  const { toApp, toInterface } = cookie.node;
  if (cookie.receive !== toInterface) return B_NOT_ALLOWED;
  yield* changeSide(cookie, null, null);
  yield* toInterface.selecting.notify(B_SELECT_READ);
  yield* toApp.selecting.notify(B_SELECT_WRITE);
  return B_OK;
}

function getCounters({ toApp, toInterface }: TunNode, argument: unknown): Status {
  if (typeof argument !== "object" || argument === null) return B_BAD_VALUE;
  const counters: TunCounters = argument;
  counters.toApp = countersOf(toApp);
  counters.toInterface = countersOf(toInterface);
  return B_OK;
}

// A frame has a header, an IP packet a version.
function checkPacket({ isTap }: TunNode, bytes: Uint8Array): Status {
  if (bytes.length > PACKET_LENGTH_MOST) return EMSGSIZE;
  if (isTap) return bytes.length < ETHERNET_HEADER_LENGTH ? B_BAD_VALUE : B_OK;
  const version = (bytes[0] ?? 0) >> 4;
  return version === 4 || version === 6 ? B_OK : B_BAD_DATA;
}
