// The Internet protocols of a host, put together: routes, ARP, IPv4, ICMP, UDP and raw sockets.
//
// Made when the first interface or socket asks for it: most explored executions never do. A host whose interfaces have no addresses has no
// routes, and its stack ignores whatever comes in.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import { whenWanted } from "#kernel/numbers";
import { NOTHING_TO_DO, type Operation, type Steps } from "#kernel/operation";
import { Arp } from "#net/arp";
import type { DeviceInterface } from "#net/device-interface";
import { ETHER_TYPE_ARP, ETHER_TYPE_IP, IFT_LOOP } from "#net/device-module";
import { isGroupAddress, sameAddress } from "#net/ethernet";
import { Icmp } from "#net/icmp";
import type { Interface } from "#net/interface";
import type { Interfaces } from "#net/interfaces";
import { IPv4 } from "#net/ipv4";
import { loopbackModule } from "#net/loopback";
import type { NetBuffer } from "#net/net-buffer";
import { equipInterfaces, interfacesOf } from "#net/network";
import type { Protocols } from "#net/protocols";
import { RawSockets } from "#net/raw-socket";
import { Routes } from "#net/routes";
import { Udp } from "#net/udp";

const SERVICE = "internet";

/** Locks and lists of all protocols together. */
const OBJECTS = 12;

export interface InternetOptions {
  /** Packets for others are sent on: the host is a router. Default false. */
  readonly forwards?: boolean;
}

/** The Internet protocols of one host. */
export class Internet implements Protocols {
  readonly routes: Routes;
  readonly arp: Arp;
  readonly ipv4: IPv4;
  readonly icmp: Icmp;
  readonly udp: Udp;
  readonly raw: RawSockets;
  readonly #interfaces: Interfaces;

  constructor(kernel: Kernel, interfaces: Interfaces, { forwards = false }: InternetOptions) {
    this.#interfaces = interfaces;
    this.routes = new Routes(kernel);
    this.arp = new Arp(kernel, interfaces);
    this.ipv4 = new IPv4(kernel, interfaces, this.routes, this.arp, forwards);
    this.icmp = new Icmp(this.ipv4);
    this.udp = new Udp(kernel, this.ipv4, this.icmp);
    this.raw = new RawSockets(kernel, this.ipv4, this.icmp);
  }

  changed(found: Interface): Steps<void> {
    return this.routes.follow(found);
  }

  *goesDown(found: Interface): Steps<void> {
    yield* this.routes.follow(found);
    yield* this.arp.forget(found);
  }

  receive(buffer: NetBuffer, via: DeviceInterface): Operation<void> {
    if (this.routes.isEmpty || isForAnother(buffer, via)) return NOTHING_TO_DO;
    if (buffer.frameType === ETHER_TYPE_IP) {
      return this.ipv4.receive(buffer, !buffer.isLocal && via.device.type !== IFT_LOOP);
    }
    const found = buffer.frameType === ETHER_TYPE_ARP ? this.#interfaces.find(via.name) : null;
    if (found === null) return NOTHING_TO_DO;
    const own = found.addresses.value.flatMap(({ local }) => (local === null ? [] : [local]));
    return this.#interfaces.holding(found, () => this.arp.receive(found, own, buffer));
  }
}

// A card keeps frames for others away; a tunnel has no card.
function isForAnother({ linkHeader }: NetBuffer, { device }: DeviceInterface): boolean {
  if (linkHeader === null) return false;
  const destination = linkHeader.subarray(0, 6);
  return !isGroupAddress(destination) && !sameAddress(destination, device.address);
}

/** Gives a host that has interfaces the Internet protocols, and a loopback device for who wants it. */
export function installInternet(kernel: Kernel, options: InternetOptions = {}): void {
  const make = (): Internet => new Internet(kernel, interfacesOf(kernel), options);
  const internet = whenWanted(kernel.simulation, OBJECTS, make);
  equipInterfaces(kernel, ({ devices }) => {
    devices.addModule(loopbackModule(kernel));
    devices.protocols = internet;
  });
  kernel.services.set(SERVICE, internet);
}

/** The Internet protocols of a host. @throws UsageError when it has none */
export function internetOf(kernel: Kernel): Internet {
  const internet = kernel.services.get(SERVICE) as (() => Internet) | undefined;
  if (internet === undefined) throw new UsageError(`host "${kernel.name}" has no Internet protocols`);
  return internet();
}
