// A world: several hosts in one simulation, under one clock and one chooser, and the links between them.
//
// Invariants:
//   - hosts and links come into being in the order in which they were declared, before anything runs;
//   - every thread and object is named after its host in traces and reports ("client: openvpn").
// Each host has its own CPUs, teams, devfs and network stack: nothing is shared but the links.

import { InputError, UsageError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { ifconfig } from "#apps/ifconfig";
import type { Steps } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import { IFF_UP } from "#net/device-module";
import { localHardwareAddress } from "#net/ethernet";
import { formatIPv4, parseIPv4, prefixMask } from "#net/ipv4-address";
import { Link, type LinkOptions } from "#net/link";
import { linkModule } from "#net/link-device";
import { LOOPBACK_NAME } from "#net/loopback";
import { interfacesOf, registerNetworkModule } from "#net/network";
import { Port } from "#net/port";
import { boot, type BootOptions, type Host } from "#system";

/** One host of a world. */
export interface HostOptions extends Omit<BootOptions, "name" | "isOneOfSeveral"> {
  /** The interface "loop" is brought up, with 127.0.0.1. Default false. */
  readonly loopback?: boolean;
}

/** One end of a link. */
export interface LinkEnd {
  readonly host: string;
  /** The interface's name on that host: "eth0". */
  readonly interface: string;
  /** "192.168.1.1/24": the interface is brought up with it before the set-up. Without it somebody else does that. */
  readonly address?: string;
}

/** A link between hosts: two ends, or more where it is an Ethernet. */
export interface LinkDefinition extends LinkOptions {
  /** Default: the hosts' names, joined by hyphens. */
  readonly name?: string;
  readonly ends: readonly LinkEnd[];
}

export interface WorldDefinition {
  /** In order: the first is where a scenario's own threads run. */
  readonly hosts: Readonly<Record<string, HostOptions>>;
  readonly links?: readonly LinkDefinition[];
}

export class World {
  readonly #hosts = new Map<string, Host>();
  readonly #links = new Map<string, Link>();
  readonly #addresses: { readonly host: Host; readonly words: readonly string[] }[] = [];

  private constructor() {}

  /** The world of a host that is alone. */
  static of(host: Host): World {
    const world = new World();
    world.#hosts.set(host.kernel.name, host);
    return world;
  }

  /**
   * Boots the hosts and lays the links; `defaults` are for what a host does not say.
   * @throws InputError when the definition does not fit together
   */
  static boot(simulation: Simulation, definition: WorldDefinition, defaults: BootOptions = {}): World {
    const world = new World();
    world.#boot(simulation, definition, defaults);
    return world;
  }

  #boot(simulation: Simulation, definition: WorldDefinition, defaults: BootOptions): void {
    const names = Object.keys(definition.hosts);
    if (names.length === 0) throw new InputError("a world has at least one host");
    const ports = new Map(names.map((name) => [name, new Map<string, Port>()]));
    for (const [name, options] of Object.entries(definition.hosts)) {
      const host = boot(simulation, { ...defaults, ...options, name, isOneOfSeveral: true });
      this.#hosts.set(name, host);
      registerNetworkModule(host.kernel, linkModule(host.kernel, ports.get(name) ?? new Map()));
      if (options.loopback === true) this.#addresses.push({ host, words: [LOOPBACK_NAME, "127.0.0.1", "255.0.0.0"] });
    }
    for (const each of definition.links ?? []) this.#lay(each, ports);
  }

  /** @throws UsageError when there is no such host */
  host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host !== undefined) return host;
    throw new UsageError(`there is no host "${name}"${meant(name, [...this.#hosts.keys()])}`);
  }

  /** In the order of their declaration. */
  get hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  get first(): Host {
    for (const host of this.#hosts.values()) return host;
    throw new UsageError("a world has at least one host");
  }

  /** Whether `configure` has anything to do. */
  get hasAddresses(): boolean {
    return this.#addresses.length > 0;
  }

  /** @throws UsageError when there is no such link */
  link(name: string): Link {
    const link = this.#links.get(name);
    if (link !== undefined) return link;
    throw new UsageError(`there is no link "${name}"${meant(name, [...this.#links.keys()])}`);
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** Brings up the interfaces whose addresses were declared, on each host by a thread of its own. */
  *configure(): Steps<void> {
    const threads: Thread[] = [];
    for (const host of this.hosts) {
      const mine = this.#addresses.filter((each) => each.host === host);
      if (mine.length === 0) continue;
      const team = host.team("net_server");
      threads.push(
        team.spawn("net_server", function* () {
          for (const { words } of mine) yield* ifconfig(team, [...words, "up"]);
        }),
      );
    }
    for (const thread of threads) yield* thread.kernel.waitForThread(thread);
    for (const { host, words } of this.#addresses) checkIsUp(host, words[0] ?? "");
  }

  #lay(definition: LinkDefinition, ports: ReadonlyMap<string, Map<string, Port>>): void {
    const { ends, name = ends.map(({ host }) => host).join("-") } = definition;
    const most = definition.type === "point-to-point" ? 2 : Number.POSITIVE_INFINITY;
    if (ends.length < 2 || ends.length > most) {
      throw new InputError(
        `the link "${name}" has ${ends.length} ends: it should have two${most === 2 ? "" : " or more"}`,
      );
    }
    if (this.#links.has(name)) throw new InputError(`two links are called "${name}": give one of them a name`);
    const link = new Link(name, definition);
    this.#links.set(name, link);
    for (const end of ends) this.#attach(link, end, ports.get(end.host));
  }

  #attach(link: Link, end: LinkEnd, ports: Map<string, Port> | undefined): void {
    const host = this.#hosts.get(end.host);
    if (host === undefined || ports === undefined) {
      throw new InputError(`the link "${link.name}" ends at a host "${end.host}", which does not exist`);
    }
    const where = `the end of the link "${link.name}" at "${end.host}"`;
    if (ports.has(end.interface))
      throw new InputError(`${where}: the host has an interface "${end.interface}" already`);
    const address = link.type === "ethernet" ? localHardwareAddress(`${end.host}/${end.interface}`) : new Uint8Array();
    ports.set(end.interface, new Port(host.kernel, end.interface, link, address));
    if (end.address !== undefined)
      this.#addresses.push({ host, words: [end.interface, ...parsePrefix(end.address, where)] });
  }
}

// "192.168.1.1/24" as the words of ifconfig.
function parsePrefix(text: string, where: string): readonly string[] {
  const [address = "", length = "", ...rest] = text.split("/");
  const mask = /^\d+$/.test(length) ? prefixMask(Number(length)) : null;
  if (parseIPv4(address) === null || mask === null || rest.length > 0) {
    throw new InputError(`${where}: an address is given as "192.168.1.1/24", not as "${text}"`);
  }
  return [address, formatIPv4(mask)];
}

function checkIsUp(host: Host, name: string): void {
  const found = interfacesOf(host.kernel).find(name);
  if (found !== null && (found.flags.value & IFF_UP) !== 0) return;
  throw new UsageError(`the interface "${name}" of host "${host.kernel.name}" did not come up`);
}

function meant(name: string, names: readonly string[]): string {
  return `: there ${names.length === 1 ? "is" : "are"} ${names.map((each) => `"${each}"`).join(", ")}${suggestion(name, names)}`;
}
