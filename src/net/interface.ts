// An interface: what `ifconfig` configures, above a device interface (facts: haiku.md, section 10).
//
// Invariants:
//   - the interface holds one reference to its device interface, given back with its own last reference;
//   - while it is going up or down it is busy, and its name is not found.
// Each has one datalink, the IPv4 one, made with it: it counts the device up and down, and the protocols are told of
// what becomes of the interface.

import { B_BAD_VALUE, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { DeviceInterface } from "#net/device-interface";
import { IFF_BROADCAST, IFF_LINK, IFF_UP } from "#net/device-module";
import { broadcastOf, classMask, type IPv4Address } from "#net/ipv4-address";
import type { Protocols } from "#net/protocols";
import { RecursiveLock } from "#sync/recursive-lock";
import { Shared } from "#sync/shared";

/** One address of an interface; null is an empty address. */
export interface InterfaceAddress {
  readonly local: IPv4Address | null;
  readonly mask: IPv4Address | null;
  /** The broadcast address, or the other end of a point-to-point link. */
  readonly destination: IPv4Address | null;
}

export const EMPTY_ADDRESS: InterfaceAddress = { local: null, mask: null, destination: null };

export class Interface {
  readonly kernel: Kernel;
  readonly name: string;
  readonly index: number;
  readonly deviceInterface: DeviceInterface;
  readonly metric: Shared<number>;

  /** Counted in the step of the operation beside it: whoever finds the interface holds "net interfaces". */
  readonly references: Shared<number>;
  /** Set under "net interfaces". */
  readonly busy: Shared<boolean>;
  /** Protected by nothing. */
  readonly flags: Shared<number>;

  readonly lock: RecursiveLock;
  /** Protected by the lock. */
  readonly addresses: Shared<readonly InterfaceAddress[]>;

  readonly #interfacesLock: RecursiveLock;
  readonly #protocols: Protocols | null;

  /** The caller has acquired the reference to the device interface that this interface keeps. */
  constructor(
    kernel: Kernel,
    name: string,
    index: number,
    deviceInterface: DeviceInterface,
    interfacesLock: RecursiveLock,
    protocols: Protocols | null,
  ) {
    this.kernel = kernel;
    this.name = name;
    this.index = index;
    this.deviceInterface = deviceInterface;
    this.#interfacesLock = interfacesLock;
    this.#protocols = protocols;
    this.metric = new Shared(kernel, 0, `${name} metric`);
    this.references = new Shared(kernel, 1, `${name} interface references`);
    this.busy = new Shared(kernel, false, `${name} busy`);
    this.flags = new Shared(kernel, 0, `${name} flags`);
    this.lock = new RecursiveLock(kernel, name);
    this.addresses = new Shared<readonly InterfaceAddress[]>(kernel, [EMPTY_ADDRESS], `${name} addresses`);
  }

  /** SIOCGIFFLAGS: the interface's flags and its device's. */
  get allFlags(): number {
    return this.flags.value | this.deviceInterface.flags.value;
  }

  /** SIOCSIFFLAGS: a change of IFF_UP takes the interface up or down; the device's own flags stay. */
  *setFlags(requested: number): Steps<Status> {
    let status: Status = B_OK;
    if (((requested ^ this.flags.value) & IFF_UP) !== 0) {
      if ((requested & IFF_UP) !== 0) status = yield* this.#setUp();
      else yield* this.setDown();
    }
    if (status !== B_OK) return status;
    const kept = IFF_UP | IFF_LINK | IFF_BROADCAST;
    this.flags.value = (this.flags.value & kept) | (requested & ~kept);
    return B_OK;
  }

  /** Interface::SetDown: silently nothing if it is not up, or busy. Waits until the device's reader is gone. */
  *setDown(): Steps<void> {
    if ((this.flags.value & IFF_UP) === 0) return;
    const guard = yield* this.#interfacesLock.guard();
    if (this.busy.value) return guard.unlock();
    this.busy.value = true;
    guard.unlock();

    if (this.#protocols !== null) yield* this.#protocols.goesDown(this);
    yield* this.#datalinkDown();
    this.flags.value &= ~IFF_UP;
    this.busy.value = false;
  }

  // Interface::_SetUp. Two at once count the device up twice, and one down is then not enough: as in Haiku.
  *#setUp(): Steps<Status> {
    const status = yield* this.deviceInterface.up();
    if (status !== B_OK) return status;
    const guard = yield* this.#interfacesLock.guard();
    this.busy.value = true;
    guard.unlock();

    this.flags.value |= IFF_UP;
    this.busy.value = false;
    yield* this.#changed();
    return B_OK;
  }

  // interface_protocol_down: the last datalink that goes takes the device with it.
  *#datalinkDown(): Steps<void> {
    const { upCount } = this.deviceInterface;
    if (upCount.value === 0) return;
    upCount.value--;
    if (upCount.value > 0) return;
    yield* this.deviceInterface.down();
  }

  /**
   * B_SOCKET_SET_ALIAS: changes the address that matches, or the first one. A new address brings the mask of
   * its class unless one is given; a new mask brings its broadcast address unless one is given.
   */
  *setAddress(request: InterfaceAddress): Steps<Status> {
    const guard = yield* this.lock.guard();
    const before = this.addresses.value;
    const matching = before.findIndex(({ local }) => local !== null && local === request.local);
    const place = Math.max(matching, 0);
    const changed = changedAddress(before[place] ?? EMPTY_ADDRESS, request);
    this.addresses.value = before.length === 0 ? [changed] : before.with(place, changed);
    guard.unlock();
    yield* this.#changed();
    return B_OK;
  }

  /** SIOCDIFADDR with an address: B_BAD_VALUE when the interface does not have it. */
  *removeAddress(local: IPv4Address): Steps<Status> {
    const guard = yield* this.lock.guard();
    const before = this.addresses.value;
    const place = before.findIndex((address) => address.local === local);
    if (place >= 0) this.addresses.value = before.filter((_each, other) => other !== place);
    guard.unlock();
    if (place < 0) return B_BAD_VALUE;
    yield* this.#changed();
    return B_OK;
  }

  *removeAddresses(): Steps<void> {
    const guard = yield* this.lock.guard();
    this.addresses.value = [];
    guard.unlock();
    yield* this.#changed();
  }

  *#changed(): Steps<void> {
    if (this.#protocols !== null) yield* this.#protocols.changed(this);
  }
}

function changedAddress(before: InterfaceAddress, request: InterfaceAddress): InterfaceAddress {
  let { local, mask, destination } = before;
  if (request.local !== local) {
    local = request.local;
    mask = local === null ? null : classMask(local);
    destination = local === null || mask === null ? null : broadcastOf(local, mask);
  }
  if (request.mask !== null && request.mask !== mask) {
    mask = request.mask;
    if (local !== null) destination = broadcastOf(local, mask);
  }
  return { local, mask, destination: request.destination ?? destination };
}
