// The routes of a host: which interface a packet leaves by, and to whom next (facts: haiku.md, section 10; routes.cpp).
//
// Invariants:
//   - routes are sorted by their masks, the longest first, so that the first that fits is the best;
//   - all routes of an interface go when it goes down, those that a program has added among them;
//   - an interface that a route names is alive: whoever finds a route gets a reference to it as well.
// Addresses of the host itself are routes too (RTF_LOCAL), as in Haiku.

import { B_BAD_VALUE, B_ENTRY_NOT_FOUND, B_FILE_EXISTS, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { IFF_BROADCAST, IFF_POINTOPOINT, IFF_UP } from "#net/device-module";
import { after, given, NOT_YET, resultAtOnce } from "#kernel/at-once";
import type { Interface } from "#net/interface";
import { broadcastOf, type IPv4Address } from "#net/ipv4-address";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

export const RTF_GATEWAY = 0x2;
export const RTF_HOST = 0x4;
export const RTF_REJECT = 0x8;
export const RTF_DEFAULT = 0x80;
export const RTF_STATIC = 0x800;
export const RTF_LOCAL = 0x20_0000;
/** Ours: to everybody on a link. */
export const RTF_BROADCAST = 0x40_0000;

/** 255.255.255.255: everybody on the link. */
export const BROADCAST_ADDRESS: IPv4Address = 0xffff_ffff;
const HOST_MASK: IPv4Address = 0xffff_ffff;

export interface Route {
  readonly destination: IPv4Address;
  readonly mask: IPv4Address;
  readonly gateway: IPv4Address | null;
  /** RTF_ flags. */
  readonly flags: number;
  readonly interface: Interface;
  /** The address that packets on this route come from. */
  readonly source: IPv4Address;
}

export interface FoundRoute {
  readonly route: Route;
  /** 16 bits. */
  readonly id: number;
}

/** A route as a program asks for it. */
export interface RouteRequest {
  readonly destination: IPv4Address;
  readonly mask: IPv4Address | null;
  readonly gateway: IPv4Address | null;
  readonly flags: number;
}

export class Routes {
  readonly lock: Mutex;
  /** Written under the lock. */
  readonly #routes: Shared<readonly Route[]>;
  /** Counts packets, for the identification field; written under the lock. */
  readonly #packets: Shared<number>;

  constructor(kernel: Kernel) {
    this.lock = new Mutex(kernel, "ipv4 routes");
    this.#routes = new Shared<readonly Route[]>(kernel, [], "ipv4 routes");
    this.#packets = new Shared(kernel, 0, "ipv4 packet id");
  }

  /** Plain: whether there are any. Without routes the host takes no part in IPv4. */
  get isEmpty(): boolean {
    return this.#routes.value.length === 0;
  }

  /**
   * The best route to an address, with one reference more to its interface, which the caller gives back; null
   * when there is none. With `isSending` a packet is about to be sent on it, whose identification is `id`.
   */
  find(address: IPv4Address, isSending = false): Operation<FoundRoute | null> {
    const { kernel } = this.lock;
    const locking = this.lock.lock();
    if (resultAtOnce(kernel, locking) !== NOT_YET) return given(kernel, this.#find(address, isSending));
    return after(kernel, locking, () => this.#find(address, isSending));
  }

  #find(address: IPv4Address, isSending: boolean): FoundRoute | null {
    const route = bestOf(this.#routes.value, address);
    if (route !== null) route.interface.references.value++;
    if (route !== null && isSending) this.#packets.value = (this.#packets.value + 1) & 0xffff;
    const id = route !== null && isSending ? this.#packets.value : 0;
    this.lock.unlock();
    return route === null ? null : { route, id };
  }

  /** SIOCADDRT: B_FILE_EXISTS when there is one just like it, B_BAD_VALUE when it makes no sense. */
  *add(found: Interface, request: RouteRequest): Steps<Status> {
    const route = fromRequest(found, request);
    if (route === null) return B_BAD_VALUE;
    using _ = yield* this.lock.guard();
    if (this.#routes.value.some((each) => isSame(each, route))) return B_FILE_EXISTS;
    this.#routes.value = sorted([...this.#routes.value, route]);
    return B_OK;
  }

  /** SIOCDELRT: B_ENTRY_NOT_FOUND when there is none like it. */
  *remove(found: Interface, request: RouteRequest): Steps<Status> {
    const route = fromRequest(found, request);
    if (route === null) return B_BAD_VALUE;
    using _ = yield* this.lock.guard();
    const before = this.#routes.value;
    const place = before.findIndex((each) => isSame(each, route));
    if (place < 0) return B_ENTRY_NOT_FOUND;
    this.#routes.value = before.filter((_each, other) => other !== place);
    return B_OK;
  }

  /**
   * An interface has come up, gone down or got other addresses: the routes that follow from that are made anew,
   * and while it is down, or on its way there, it has none at all.
   */
  *follow(found: Interface): Steps<void> {
    const hasRoutes = this.#routes.value.some((each) => each.interface === found);
    if (!hasRoutes && found.addresses.value.every(({ local }) => local === null)) return;
    using _ = yield* this.lock.guard();
    const isUp = (found.flags.value & IFF_UP) !== 0 && !found.busy.value;
    const others = this.#routes.value.filter(
      (each) => each.interface !== found || (isUp && (each.flags & RTF_STATIC) !== 0),
    );
    this.#routes.value = sorted([...others, ...(isUp ? automaticRoutes(found) : [])]);
  }

  *list(): Steps<readonly Route[]> {
    using _ = yield* this.lock.guard();
    return this.#routes.value;
  }
}

function bestOf(routes: readonly Route[], address: IPv4Address): Route | null {
  for (const route of routes) if ((address & route.mask) >>> 0 === route.destination) return route;
  return null;
}

// To the address itself, to everybody on the link, to the other end of a point-to-point link, to the subnet.
function automaticRoutes(found: Interface): Route[] {
  const isPointToPoint = (found.allFlags & IFF_POINTOPOINT) !== 0;
  const hasBroadcast = (found.allFlags & IFF_BROADCAST) !== 0;
  return found.addresses.value.flatMap(({ local, mask, destination }) => {
    if (local === null || mask === null) return [];
    const base = { gateway: null, interface: found, source: local };
    const routes: Route[] = [{ ...base, destination: local, mask: HOST_MASK, flags: RTF_LOCAL }];
    if (hasBroadcast) {
      const everybody = destination ?? broadcastOf(local, mask);
      for (const each of new Set([everybody, BROADCAST_ADDRESS])) {
        routes.push({ ...base, destination: each, mask: HOST_MASK, flags: RTF_BROADCAST });
      }
    } else if (isPointToPoint && destination !== null && destination !== broadcastOf(local, mask)) {
      routes.push({ ...base, destination, mask: HOST_MASK, flags: RTF_HOST });
    }
    if (mask !== HOST_MASK) routes.push({ ...base, destination: (local & mask) >>> 0, mask, flags: 0 });
    return routes;
  });
}

function fromRequest(found: Interface, request: RouteRequest): Route | null {
  const source = found.addresses.value.find(({ local }) => local !== null)?.local ?? null;
  const isHost = (request.flags & RTF_HOST) !== 0;
  const isDefault = (request.flags & RTF_DEFAULT) !== 0;
  const isGateway = (request.flags & RTF_GATEWAY) !== 0;
  if (source === null || (isHost && request.mask !== null) || (isGateway && request.gateway === null)) return null;
  const mask = isDefault ? 0 : (request.mask ?? HOST_MASK);
  const destination = (request.destination & mask) >>> 0;
  return { destination, mask, gateway: request.gateway, flags: request.flags | RTF_STATIC, interface: found, source };
}

function isSame(a: Route, b: Route): boolean {
  // Only one default route for each interface.
  if ((a.flags & b.flags & RTF_DEFAULT) !== 0) return a.interface === b.interface;
  return a.destination === b.destination && a.mask === b.mask && a.gateway === b.gateway && a.interface === b.interface;
}

// Stable: of equal masks the one that was there first is found first.
function sorted(routes: readonly Route[]): readonly Route[] {
  return [...routes].sort((a, b) => b.mask - a.mask);
}
