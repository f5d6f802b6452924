// All device interfaces of a host: found by name, made on demand, gone with the last reference
// (facts: haiku.md, section 10).
//
// Invariants:
//   - at most one device interface of a name has references;
//   - one whose count has reached 0 is not found again, and is made anew if it is asked for.
// Unlike Haiku, and unless asked otherwise, the last reference ends the consumer before it destroys the receive
// queue's lock (src/net/network.ts, destroyQueueFirst).
// Not modelled: unloading a module's image with its last device.

import { B_BUSY, B_DEVICE_NOT_FOUND, B_ERROR, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { DeviceInterface, type DeviceMonitor, type FrameHandler } from "#net/device-interface";
import { B_DEVICE_BEING_REMOVED, type NetworkDeviceModule } from "#net/device-module";
import type { Protocols } from "#net/protocols";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

export class DeviceInterfaces {
  /** What is above the interfaces; set while the host boots. */
  protocols: (() => Protocols) | null = null;
  readonly #kernel: Kernel;
  /** Added to while the host boots, and only then. */
  readonly #modules: NetworkDeviceModule[] = [];
  readonly #destroyQueueFirst: boolean;
  /** Removes the interface that stands on a device which is gone. */
  readonly #removeInterface: (deviceInterface: DeviceInterface) => Steps<void>;

  readonly #lock: Mutex;
  // Protected by the lock.
  readonly #all: Shared<readonly DeviceInterface[]>;
  readonly #lastIndex: Shared<number>;

  constructor(
    kernel: Kernel,
    destroyQueueFirst: boolean,
    removeInterface: (deviceInterface: DeviceInterface) => Steps<void>,
  ) {
    this.#kernel = kernel;
    this.#destroyQueueFirst = destroyQueueFirst;
    this.#removeInterface = removeInterface;
    this.#lock = new Mutex(kernel, "net device interfaces");
    this.#all = new Shared<readonly DeviceInterface[]>(kernel, [], "device interfaces");
    this.#lastIndex = new Shared(kernel, 0, "last device index");
  }

  addModule(module: NetworkDeviceModule): void {
    this.#modules.push(module);
  }

  /**
   * get_device_interface: the device interface of this name with a reference more, made if there is none and
   * `create` says so. Every module is asked in turn, under the lock; null when none has a device of this
   * name, or while it is being removed.
   */
  *get(name: string, create: boolean): Steps<DeviceInterface | null> {
    using _ = yield* this.#lock.guard();
    const found = this.find(name);
    if (found !== null) {
      if (found.busy.value) return null;
      if ((yield* found.referenceCount.add(1)) !== 0) return found;
      // It has just lost its last reference, and is about to go: another one takes its name.
    }
    if (!create) return null;
    for (const module of this.#modules) {
      const device = yield* module.initDevice(name);
      if (typeof device === "number") continue;
      const made = new DeviceInterface(
        this.#kernel,
        device,
        ++this.#lastIndex.value,
        (gone) => this.#removed(gone),
        this.protocols?.() ?? null,
      );
      made.startConsumer();
      this.#all.value = [...this.#all.value, made];
      return made;
    }
    return null;
  }

  /** put_device_interface: gives a reference back; with the last one the device goes. */
  *put(deviceInterface: DeviceInterface): Steps<void> {
    if ((yield* deviceInterface.referenceCount.add(-1)) !== 1) return;
    const guard = yield* this.#lock.guard();
    this.#all.value = this.#all.value.filter((each) => each !== deviceInterface);
    guard.unlock();

    // Haiku destroys the queue's lock before it waits for the consumer, which may be about to take it.
    const { receiveQueue } = deviceInterface;
    if (this.#destroyQueueFirst) yield* receiveQueue.uninit();
    else yield* receiveQueue.notify.delete();
    yield* this.#kernel.waitForThread(deviceInterface.consumer);
    if (!this.#destroyQueueFirst) yield* receiveQueue.uninit();
    yield* deviceInterface.device.uninit();
  }

  /** register_device_handler: B_ERROR when the frame type has a handler, B_DEVICE_NOT_FOUND without a device. */
  *registerHandler(name: string, frameType: number, handler: FrameHandler): Steps<Status> {
    using _ = yield* this.#lock.guard();
    const found = this.find(name);
    if (found === null) return B_DEVICE_NOT_FOUND;
    using __ = yield* found.receiveLock.guard();
    const registered = found.handlers.value;
    if (registered.some((each) => each.frameType === frameType)) return B_ERROR;
    found.handlers.value = [...registered, { frameType, handler }];
    return B_OK;
  }

  /** register_device_monitor: B_DEVICE_NOT_FOUND without a device. */
  *registerMonitor(name: string, monitor: DeviceMonitor): Steps<Status> {
    using _ = yield* this.#lock.guard();
    const found = this.find(name);
    if (found === null) return B_DEVICE_NOT_FOUND;
    using __ = yield* found.monitorLock.guard();
    found.monitors.value = [...found.monitors.value, monitor];
    return B_OK;
  }

  /** The first of this name, whatever its references. Plain: without the lock it may be gone a step later. */
  find(name: string): DeviceInterface | null {
    return this.#all.value.find((each) => each.name === name) ?? null;
  }

  /** All of them, for debuggers. */
  get all(): readonly DeviceInterface[] {
    return this.#all.value;
  }

  // device_removed: called by the reader of a device that says it is gone.
  *#removed(deviceInterface: DeviceInterface): Steps<Status> {
    const guard = yield* this.#lock.guard();
    if (this.find(deviceInterface.name) !== deviceInterface) {
      guard.unlock();
      return B_DEVICE_NOT_FOUND;
    }
    if (deviceInterface.busy.value) {
      guard.unlock();
      return B_BUSY;
    }
    yield* deviceInterface.referenceCount.add(1);
    deviceInterface.busy.value = true;
    guard.unlock();

    yield* this.#removeInterface(deviceInterface);
    yield* deviceInterface.notifyMonitors(B_DEVICE_BEING_REMOVED);
    const monitorGuard = yield* deviceInterface.monitorLock.guard();
    deviceInterface.monitors.value = [];
    monitorGuard.unlock();
    yield* this.put(deviceInterface);
    return B_OK;
  }
}
