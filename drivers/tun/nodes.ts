// The nodes of the driver: one for each name below /dev/tap and /dev/tun, made when somebody wants it.
//
// Invariants, whenever the lock "tun nodes" is free:
//   - a node is in the table if and only if its name is published;
//   - it has an interface or a descriptor, but for one that was just created for an open on its way;
//   - who looks a node up takes his reference under the same lock: nobody holds a node that is gone, and an open
//     that comes too late for a node makes it again.
// Order of locks: "tun nodes" before a node's queues, of these the one to the app first.

import {
  B_BUSY,
  B_NO_MEMORY,
  B_OK,
  bool,
  Mutex,
  pointer,
  publishDevice,
  shared,
  struct,
  text,
  uint32,
  unpublishDevice,
  type DeviceHooks,
  type InstanceOf,
  type Kernel,
  type Shared,
  type Status,
  type Steps,
} from "#kernel-export";
import { checkNodeName } from "#drivers/tun/names";
import { createQueue, deleteQueue, PacketQueue } from "#drivers/tun/packet-queue";

export const TunNode = struct("tun_node", {
  // Constant.
  /** Below /dev: "tap/tap0". */
  name: text(),
  isTap: bool(),
  toApp: pointer<PacketQueue>(),
  toInterface: pointer<PacketQueue>(),

  // Protected by the lock "tun nodes": what keeps the node alive.
  descriptors: uint32(),
  hasInterface: bool(),
});
export type TunNode = InstanceOf<typeof TunNode>;

/** The driver's globals. */
export class TunNodes {
  readonly #kernel: Kernel;
  readonly #lock: Mutex;
  readonly #nodes: Shared<readonly TunNode[]>;
  readonly #hooks: DeviceHooks;

  /** @param hooks what the nodes are published with */
  constructor(kernel: Kernel, hooks: DeviceHooks) {
    this.#kernel = kernel;
    this.#lock = new Mutex(kernel, "tun nodes");
    this.#nodes = shared<readonly TunNode[]>(kernel, [], "tun node table");
    this.#hooks = hooks;
  }

  /** Makes the node `name` if there is none, for an open that is about to come. */
  *create(name: string): Steps<Status> {
    using _ = yield* this.#lock.guard();
    const node = yield* this.#findOrCreate(name);
    return typeof node === "number" ? node : B_OK;
  }

  /** The node `name`, with one more descriptor. */
  *addDescriptor(name: string): Steps<TunNode | Status> {
    using _ = yield* this.#lock.guard();
    const node = yield* this.#findOrCreate(name);
    if (typeof node !== "number") node.descriptors++;
    return node;
  }

  *removeDescriptor(node: TunNode): Steps<void> {
    using _ = yield* this.#lock.guard();
    node.descriptors--;
    yield* this.#removeIfUnused(node);
  }

  /** The node `name`, as an interface's; B_BUSY when it has one. */
  *addInterface(name: string): Steps<TunNode | Status> {
    using _ = yield* this.#lock.guard();
    const node = yield* this.#findOrCreate(name);
    if (typeof node === "number") return node;
    if (node.hasInterface) return B_BUSY;
    node.hasInterface = true;
    return node;
  }

  *removeInterface(node: TunNode): Steps<void> {
    using _ = yield* this.#lock.guard();
    node.hasInterface = false;
    yield* this.#removeIfUnused(node);
  }

  *#findOrCreate(name: string): Steps<TunNode | Status> {
    const known = this.#nodes.value.find((node) => node.name === name);
    if (known !== undefined) return known;
    const status = checkNodeName(name);
    if (status !== B_OK) return status;
    const node = yield* this.#newNode(name);
    if (node === null) return B_NO_MEMORY;
    const published = yield* publishDevice(this.#kernel, name, this.#hooks);
    if (published !== B_OK) {
      yield* this.#deleteNode(node);
      return published;
    }
    this.#nodes.value = [...this.#nodes.value, node];
    return node;
  }

  *#newNode(name: string): Steps<TunNode | null> {
    const toApp = createQueue(this.#kernel, `${name} to app`);
    const toInterface = createQueue(this.#kernel, `${name} to interface`);
    if (toApp !== null && toInterface !== null) {
      const isTap = name.startsWith("tap/");
      const node = this.#kernel.heap.tryNew(TunNode, { name, isTap, toApp, toInterface });
      if (node !== null) return node;
    }
    for (const queue of [toApp, toInterface]) if (queue !== null) yield* deleteQueue(this.#kernel, queue);
    return null;
  }

  *#deleteNode(node: TunNode): Steps<void> {
    yield* deleteQueue(this.#kernel, node.toApp);
    yield* deleteQueue(this.#kernel, node.toInterface);
    this.#kernel.heap.delete(node);
  }

  *#removeIfUnused(node: TunNode): Steps<void> {
    if (node.descriptors > 0 || node.hasInterface) return;
    this.#nodes.value = this.#nodes.value.filter((each) => each !== node);
    const status = yield* unpublishDevice(this.#kernel, node.name, false);
    if (status !== B_OK) this.#kernel.panic(`tun: unpublishing ${node.name} failed: ${status}`);
    yield* this.#deleteNode(node);
  }
}
