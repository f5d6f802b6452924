// The interface's end of a tunnel: what the network stack has of the driver.
//
// As the author of the first driver wished, the interface uses the node that bears its name, as any program
// would: the first `up` opens it, TUNSETIFF switches the descriptor to the interface's form, and packets are read
// and written through it. `down` hangs up, so that the reader wakes; the next `up` switches it again; the
// interface's end closes it.
//
// Why `down` does not close: a closed descriptor's number is free for the next open in the kernel. The reader, on
// its way into read() with the number in hand, could then find another interface's node behind it, take a
// packet from there, or wait there for ever while `down` waits for him. So a number keeps its meaning until the
// stack has no thread left that may use it.

import {
  after,
  atomically,
  B_BAD_VALUE,
  B_NO_MEMORY,
  B_OK,
  EMSGSIZE,
  IFF_ALLMULTI,
  IFF_BROADCAST,
  IFF_LINK,
  IFF_POINTOPOINT,
  IFM_ACTIVE,
  IFM_ETHER,
  IFT_ETHER,
  IFT_TUNNEL,
  int32,
  kernelFiles,
  NetBuffer,
  O_RDWR,
  struct,
  uint32,
  type FileCalls,
  type InstanceOf,
  type Kernel,
  type NetworkDevice,
  type NetworkDeviceModule,
  type Operation,
  type Status,
  type Steps,
} from "#kernel-export";
import { TUNHANGUP, TUNSETIFF } from "#drivers/tun/ioctl";
import { nodeNameOf } from "#drivers/tun/names";
import type { TunNode, TunNodes } from "#drivers/tun/nodes";
import { ETHERNET_HEADER_LENGTH, MTU_DEFAULT, MTU_LEAST, MTU_MOST, PACKET_LENGTH_MOST } from "#drivers/tun/sizes";

/** The module through which the stack finds the driver's interfaces: every name that begins with tap or tun. */
export function tunModule(kernel: Kernel, nodes: TunNodes): NetworkDeviceModule {
  return {
    name: "network/devices/tun/v1",
    *initDevice(name) {
      const nodeName = nodeNameOf(name);
      if (nodeName === null) return B_BAD_VALUE;
      const node = yield* nodes.addInterface(nodeName);
      if (typeof node === "number") return node;
      const state = kernel.heap.tryNew(DeviceState, { descriptor: -1, mtu: MTU_DEFAULT });
      if (state !== null) return new TunDevice(kernel, nodes, node, name, state);
      yield* nodes.removeInterface(node);
      return B_NO_MEMORY;
    },
  };
}

const DeviceState = struct("tun_device", {
  // Without a lock: a sender that comes early finds -1, and is told B_FILE_ERROR; the stack asks for the MTU at any time.
  /** In the kernel's own table; -1 before the first `up`. */
  descriptor: atomically(int32()),
  /** Bytes, without the Ethernet header. */
  mtu: atomically(uint32()),
});

class TunDevice implements NetworkDevice {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly media: number;
  readonly address: Uint8Array;
  readonly headerLength: number;
  readonly #kernel: Kernel;
  readonly #nodes: TunNodes;
  readonly #node: TunNode;
  readonly #path: string;
  readonly #files: FileCalls;
  /** The interface's one reader reads into it; and the part of it that the latest packet took. */
  #room: Uint8Array | null = null;
  #packet: Uint8Array = new Uint8Array();
  readonly #received: (length: number) => NetBuffer | Status;
  readonly #state: InstanceOf<typeof DeviceState>;

  constructor(kernel: Kernel, nodes: TunNodes, node: TunNode, name: string, state: InstanceOf<typeof DeviceState>) {
    const { isTap } = node;
    this.name = name;
    this.type = isTap ? IFT_ETHER : IFT_TUNNEL;
    this.flags = IFF_LINK | (isTap ? IFF_BROADCAST | IFF_ALLMULTI : IFF_POINTOPOINT);
    this.media = IFM_ACTIVE | (isTap ? IFM_ETHER : 0);
    this.address = isTap ? localAddress(`${kernel.name}/${node.name}`) : new Uint8Array();
    this.headerLength = isTap ? ETHERNET_HEADER_LENGTH : 0;
    this.#kernel = kernel;
    this.#nodes = nodes;
    this.#node = node;
    this.#path = `/dev/${node.name}`;
    this.#files = kernelFiles(kernel);
    this.#state = state;
    this.#received = (length) => this.#bufferOf(length);
  }

  get mtu(): number {
    return this.#state.mtu;
  }

  set mtu(mtu: number) {
    this.#state.mtu = mtu;
  }

  *uninit(): Steps<Status> {
    if (this.#state.descriptor >= 0) yield* this.#files.close(this.#state.descriptor);
    this.#kernel.heap.delete(this.#state);
    yield* this.#nodes.removeInterface(this.#node);
    return B_OK;
  }

  *up(): Steps<Status> {
    const known = this.#state.descriptor;
    const descriptor = known >= 0 ? known : yield* this.#files.open(this.#path, O_RDWR);
    if (descriptor < 0) return descriptor;
    const status = yield* this.#files.ioctl(descriptor, TUNSETIFF, this.name);
    if (status === B_OK) this.#state.descriptor = descriptor;
    else if (known < 0) yield* this.#files.close(descriptor);
    return status;
  }

  *down(): Steps<void> {
    yield* this.#files.ioctl(this.#state.descriptor, TUNHANGUP);
  }

  // Neither of these two is a generator: every packet comes by, and a generator costs as much as a step.

  sendData(buffer: NetBuffer): Operation<Status> {
    if (buffer.size > this.#state.mtu + this.headerLength) return tooLong();
    const writing = this.#files.write(this.#state.descriptor, buffer.bytes);
    return after(this.#kernel, writing, (written) => {
      if (written < 0) return written;
      buffer.free();
      return B_OK;
    });
  }

  receiveData(): Operation<NetBuffer | Status> {
    this.#room ??= new Uint8Array(PACKET_LENGTH_MOST);
    const reading = this.#files.read(this.#state.descriptor, this.#room);
    return after(this.#kernel, reading, this.#received);
  }

  #bufferOf(length: number): NetBuffer | Status {
    if (length < 0) return length;
    if (this.#packet.length !== length) this.#packet = (this.#room ?? new Uint8Array()).subarray(0, length);
    return NetBuffer.tryNew(this.#kernel, this.#packet) ?? B_NO_MEMORY;
  }

  *setMtu(mtu: number): Steps<Status> {
    if (mtu < MTU_LEAST || mtu > MTU_MOST) return B_BAD_VALUE;
    this.#state.mtu = mtu;
    return B_OK;
  }
}

function* tooLong(): Steps<Status> {
  return EMSGSIZE;
}

/** A hardware address that is local and no group's, and the same whenever this host makes this interface. */
function localAddress(name: string): Uint8Array {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return Uint8Array.of(0x02, 0x1a, hash >>> 24, (hash >>> 16) & 0xff, (hash >>> 8) & 0xff, hash & 0xff);
}
