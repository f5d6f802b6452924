// All interfaces of a host, and the requests that a program makes of them by name: the socket ioctls behind
// ifconfig (facts: haiku.md, section 10).
//
// Invariants:
//   - each request looks the name up anew; a busy interface is not found;
//   - whoever works on an interface holds a reference, given back at the end of the request.
// Not modelled: the sockets themselves, which come with IPv4: a program calls these requests directly, so a
// signal does not reach it between them. What Haiku's lookup does under the interface's own lock (attaching
// datalinks) has been done when the interface was made.

import { B_BAD_VALUE, B_DEVICE_NOT_FOUND, B_NAME_IN_USE, B_NOT_SUPPORTED, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { NOTHING_TO_DO, type Operation, type Steps } from "#kernel/operation";
import type { DeviceInterface } from "#net/device-interface";
import { DeviceInterfaces } from "#net/device-interfaces";
import { Interface, type InterfaceAddress } from "#net/interface";
import type { IPv4Address } from "#net/ipv4-address";
import type { Counts } from "#net/statistics";
import { RecursiveLock } from "#sync/recursive-lock";
import { Shared } from "#sync/shared";

/** Longer names are cut. */
const NAME_LENGTH_MOST = 31;

/** An interface at one moment, as `ifconfig` lists it. */
export interface InterfaceDescription {
  readonly name: string;
  readonly hardwareType: number;
  /** Empty when there is none. */
  readonly hardwareAddress: Uint8Array;
  readonly media: number;
  /** The interface's and its device's. */
  readonly flags: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Bytes. */
  readonly mtu: number;
  readonly metric: number;
  readonly statistics: Counts;
}

export class Interfaces {
  readonly devices: DeviceInterfaces;
  readonly #kernel: Kernel;
  readonly #lock: RecursiveLock;
  // Protected by the lock.
  readonly #all: Shared<readonly Interface[]>;
  readonly #lastIndex: Shared<number>;

  constructor(kernel: Kernel, destroyQueueFirst: boolean) {
    this.#kernel = kernel;
    this.devices = new DeviceInterfaces(kernel, destroyQueueFirst, (gone) => this.#removeFor(gone));
    this.#lock = new RecursiveLock(kernel, "net interfaces");
    this.#all = new Shared<readonly Interface[]>(kernel, [], "interfaces");
    this.#lastIndex = new Shared(kernel, 0, "last interface index");
  }

  /** SIOCGIFINDEX: whether there is such an interface that is not busy. */
  *exists(name: string): Steps<boolean> {
    const found = yield* this.#lookUp(name);
    if (found === null) return false;
    yield* this.release(found);
    return true;
  }

  /** SIOCGIFCONF: the names, busy ones too. */
  *names(): Steps<readonly string[]> {
    using _ = yield* this.#lock.guard();
    return this.#all.value.map((each) => each.name);
  }

  /**
   * SIOCAIFADDR with an empty address: makes the interface, and its device if that does not exist yet.
   * B_DEVICE_NOT_FOUND when no module has such a device, B_NAME_IN_USE while an interface of the name is busy.
   */
  *add(name: string): Steps<Status> {
    const found = yield* this.#lookUp(name);
    if (found !== null) {
      yield* this.release(found);
      return B_OK;
    }
    const deviceInterface = yield* this.devices.get(cut(name), true);
    if (deviceInterface === null) return B_DEVICE_NOT_FOUND;
    const status = yield* this.#addAbove(cut(name), deviceInterface);
    yield* this.devices.put(deviceInterface);
    return status;
  }

  /** SIOCDIFADDR without an address: takes the interface down and removes it. B_BAD_VALUE when it is not found. */
  remove(name: string): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, (found) => this.#remove(found));
  }

  /** SIOCDIFADDR with an address. */
  removeAddress(name: string, local: IPv4Address): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, (found) => found.removeAddress(local));
  }

  /** B_SOCKET_SET_ALIAS. */
  setAddress(name: string, address: InterfaceAddress): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, (found) => found.setAddress(address));
  }

  /** SIOCGIFFLAGS; 0 when it is not found. */
  flags(name: string): Steps<number> {
    return this.withInterface(name, 0, function* (found) {
      return found.allFlags;
    });
  }

  /** SIOCSIFFLAGS. */
  setFlags(name: string, flags: number): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, (found) => found.setFlags(flags));
  }

  /** SIOCSIFMTU: what the device says; bytes. */
  setMtu(name: string, mtu: number): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, function* ({ deviceInterface }) {
      return (yield* deviceInterface.device.setMtu?.(mtu) ?? notSupported()) as Status;
    });
  }

  /** SIOCSIFMETRIC. */
  setMetric(name: string, metric: number): Steps<Status> {
    return this.withInterface(name, B_BAD_VALUE, function* (found) {
      found.metric.value = metric;
      return B_OK;
    });
  }

  /** All that a listing asks, at one moment (Haiku asks one by one); null when it is not found. */
  describe(name: string): Steps<InterfaceDescription | null> {
    return this.withInterface(name, null, function* (found) {
      return describe(found);
    });
  }

  /** The interface of this name, busy or not, without the lock: for routes, which hold on to it, and for judges. */
  find(name: string): Interface | null {
    return this.#all.value.find((each) => each.name === name) ?? null;
  }

  /** Works with an interface that was found, keeping it alive meanwhile. */
  *holding<T>(found: Interface, work: (found: Interface) => Operation<T>): Steps<T> {
    found.references.value++;
    const result = yield* work(found);
    yield* this.release(found);
    return result;
  }

  /** Works with the interface of this name, as a request of a program does; `missing` when it is not found. */
  *withInterface<T>(name: string, missing: T, work: (found: Interface) => Steps<T>): Steps<T> {
    const found = yield* this.#lookUp(name);
    if (found === null) return missing;
    const result = yield* work(found);
    yield* this.release(found);
    return result;
  }

  /** All of them, for debuggers. */
  get all(): readonly Interface[] {
    return this.#all.value;
  }

  // get_interface: with a reference more.
  *#lookUp(name: string): Steps<Interface | null> {
    using _ = yield* this.#lock.guard();
    const found = this.find(cut(name));
    if (found === null || found.busy.value) return null;
    found.references.value++;
    return found;
  }

  /** Gives a reference back; the last one's holder puts the device away. */
  release(found: Interface): Operation<void> {
    found.references.value--;
    return found.references.value === 0 ? this.devices.put(found.deviceInterface) : NOTHING_TO_DO;
  }

  // add_interface: only one interface has a name, busy or not.
  *#addAbove(name: string, deviceInterface: DeviceInterface): Steps<Status> {
    using _ = yield* this.#lock.guard();
    if (this.find(name) !== null) return B_NAME_IN_USE;
    yield* deviceInterface.referenceCount.add(1);
    const made = new Interface(
      this.#kernel,
      name,
      ++this.#lastIndex.value,
      deviceInterface,
      this.#lock,
      this.devices.protocols?.() ?? null,
    );
    this.#all.value = [...this.#all.value, made];
    return B_OK;
  }

  // remove_interface: the list's reference goes, the caller's stays.
  *#remove(found: Interface): Steps<Status> {
    yield* found.setDown();
    yield* found.removeAddresses();
    const guard = yield* this.#lock.guard();
    this.#all.value = this.#all.value.filter((each) => each !== found);
    guard.unlock();
    yield* this.release(found);
    return B_OK;
  }

  // interface_removed_device_interface: called by the device's own reader. Holds the list's lock throughout.
  *#removeFor(deviceInterface: DeviceInterface): Steps<void> {
    using _ = yield* this.#lock.guard();
    const found = this.find(deviceInterface.name);
    if (found !== null) yield* this.#remove(found);
  }
}

function describe(found: Interface): InterfaceDescription {
  const { device, statistics } = found.deviceInterface;
  return {
    name: found.name,
    hardwareType: device.type,
    hardwareAddress: device.address,
    media: device.media,
    flags: found.allFlags,
    addresses: found.addresses.value,
    mtu: device.mtu,
    metric: found.metric.value,
    statistics: statistics.read(),
  };
}

function cut(name: string): string {
  return name.slice(0, NAME_LENGTH_MOST);
}

function* notSupported(): Steps<Status> {
  return B_NOT_SUPPORTED;
}
