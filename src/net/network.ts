// The network stack of a host, as the layers above see it: its modules, its interfaces, and the ways in and
// out for a frame.
//
// Installed in every execution, so nothing is made before a driver or a program asks for it; until then it costs nothing.
// IPv4, ARP, ICMP, UDP and sockets are above this: src/net/internet.ts.

import { UsageError } from "#base/assert";
import { B_DEVICE_NOT_FOUND, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { whenWanted } from "#kernel/numbers";
import type { Steps } from "#kernel/operation";
import { ThreadState } from "#kernel/thread";
import type { DeviceMonitor, FrameHandler } from "#net/device-interface";
import { IFF_UP, type NetworkDeviceModule } from "#net/device-module";
import { Interfaces } from "#net/interfaces";
import { NetBuffer } from "#net/net-buffer";
import type { Counts } from "#net/statistics";

const SERVICE = "network";

/** Locks and lists of the interfaces and the device interfaces together. */
const OBJECTS = 6;

export interface NetworkOptions {
  /**
   * As in Haiku, removing a device destroys the lock of its receive queue before it waits for the consumer,
   * which panics if it is about to take that lock. Default false: the consumer goes first, so that a scenario
   * that removes an interface is about its driver and not about this.
   */
  readonly destroyQueueFirst?: boolean;
}

/** Gives a host its network stack, without modules. */
export function installNetwork(kernel: Kernel, options: NetworkOptions = {}): void {
  const make = (): Interfaces => new Interfaces(kernel, options.destroyQueueFirst ?? false);
  kernel.services.set(SERVICE, new Network(whenWanted(kernel.simulation, OBJECTS, make)));
}

/** The interfaces, once somebody has asked for them. */
class Network {
  readonly #make: () => Interfaces;
  #interfaces: Interfaces | null = null;
  #equip: ((interfaces: Interfaces) => void) | null = null;

  constructor(make: () => Interfaces) {
    this.#make = make;
  }

  get interfaces(): Interfaces {
    if (this.#interfaces === null) {
      this.#interfaces = this.#make();
      this.#equip?.(this.#interfaces);
    }
    return this.#interfaces;
  }

  equip(equip: (interfaces: Interfaces) => void): void {
    if (this.#interfaces === null) this.#equip = equip;
    else equip(this.#interfaces);
  }
}

/** Adds a network device module, while the host boots: the first that has a device for a name gets it. */
export function registerNetworkModule(kernel: Kernel, module: NetworkDeviceModule): void {
  interfacesOf(kernel).devices.addModule(module);
}

/** The interfaces of a host, and the requests on them. */
export function interfacesOf(kernel: Kernel): Interfaces {
  return networkOf(kernel).interfaces;
}

/** What the layer above adds to the interfaces while the host boots, now or when they are made. */
export function equipInterfaces(kernel: Kernel, equip: (interfaces: Interfaces) => void): void {
  networkOf(kernel).equip(equip);
}

function networkOf(kernel: Kernel): Network {
  const network = kernel.services.get(SERVICE);
  if (!(network instanceof Network)) throw new UsageError(`host "${kernel.name}" has no network stack`);
  return network;
}

/**
 * Registers who takes the received frames of one Ethernet type (for a tunnel: of that type of IP), called in
 * the consumer's thread. B_ERROR when somebody has, B_DEVICE_NOT_FOUND when there is no such device.
 */
export function registerHandler(kernel: Kernel, name: string, frameType: number, handler: FrameHandler): Steps<Status> {
  return interfacesOf(kernel).devices.registerHandler(name, frameType, handler);
}

/** Registers a monitor of the device: it sees every packet, and the device's end. */
export function registerMonitor(kernel: Kernel, name: string, monitor: DeviceMonitor): Steps<Status> {
  return interfacesOf(kernel).devices.registerMonitor(name, monitor);
}

/**
 * Sends a frame out of an interface, link header included, as the stack's own send does: what the device says,
 * B_DEVICE_NOT_FOUND without such an interface. It is not asked whether the interface is up: routes do that.
 */
export function* sendFrame(kernel: Kernel, name: string, bytes: Uint8Array): Steps<Status> {
  const interfaces = interfacesOf(kernel);
  const found = interfaces.find(name);
  if (found === null) return B_DEVICE_NOT_FOUND;
  return yield* interfaces.holding(found, ({ deviceInterface }) => deviceInterface.send(new NetBuffer(kernel, bytes)));
}

/** An interface as a judge may look at it once the run is over. */
export interface InterfaceState {
  readonly isUp: boolean;
  readonly upCount: number;
  readonly readerIsAlive: boolean;
  readonly statistics: Counts;
}

/** The state of an interface, for judges and tests; null when there is no such interface. */
export function interfaceState(kernel: Kernel, name: string): InterfaceState | null {
  const deviceInterface = interfacesOf(kernel).find(name)?.deviceInterface;
  if (deviceInterface === undefined) return null;
  const reader = deviceInterface.reader.value;
  return {
    isUp: (deviceInterface.flags.value & IFF_UP) !== 0,
    upCount: deviceInterface.upCount.value,
    readerIsAlive: reader !== null && reader.state !== ThreadState.dead,
    statistics: deviceInterface.statistics.read(),
  };
}
