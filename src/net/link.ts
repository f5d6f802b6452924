// A link between hosts: what a cable, a switch or a radio does to packets.
//
// In measured time a packet takes its time: it waits until those before it have left (bandwidth), travels (latency),
// and may get lost or be held up on the way, as the link's own seeded numbers say. While exploring, a packet may
// arrive at any moment after it was sent, because its reader may be delayed without bound; where a link loses or
// reorders at all, each packet may be lost, and each may overtake the one before it: the strategy chooses.
// An Ethernet link has two ends or more, and brings a frame to the end that it is addressed to, or to all others;
// a point-to-point link has two.

import { UsageError } from "#base/assert";
import { Prng } from "#base/prng";
import type { Simulation } from "#kernel/simulation";
import { ETHER_ADDRESS_LENGTH, isGroupAddress, sameAddress } from "#net/ethernet";
import type { Port } from "#net/port";

export type LinkType = "ethernet" | "point-to-point";

/** How a link treats packets. */
export interface LinkOptions {
  /** Default: ethernet. */
  readonly type?: LinkType;
  /** Microseconds on the way. Default 100. */
  readonly latencyUs?: number;
  /** Bits a second, for each end's sending alone. Default 1e9; Infinity for a packet of no length in time. */
  readonly bandwidth?: number;
  /** The part of packets, 0 .. 1, that get lost. Default 0. */
  readonly loss?: number;
  /** The part of packets, 0 .. 1, that are held up so that later ones overtake them. Default 0. */
  readonly reorder?: number;
  /** By how many microseconds they are held up. Default: the latency. */
  readonly reorderDelayUs?: number;
  /** Bytes that may wait to be sent at each end; what does not fit is dropped (ENOBUFS). Default 262,144. */
  readonly queueBytes?: number;
  /** Bytes of a packet, without a link header. Default 1500. */
  readonly mtu?: number;
  /** For loss and reordering. Default 1. */
  readonly seed?: number;
}

/** What became of the packets of a link. */
export interface LinkCounters {
  /** Sent by some end. */
  sent: number;
  lost: number;
  reordered: number;
  /** Arrived where nobody had room for them, or where the interface was down. */
  dropped: number;
}

export class Link {
  readonly name: string;
  readonly type: LinkType;
  readonly mtu: number;
  readonly queueBytes: number;
  readonly ports: Port[] = [];
  /** For show and for judges: recorded nowhere. */
  readonly counters: LinkCounters = { sent: 0, lost: 0, reordered: 0, dropped: 0 };
  readonly #latencyUs: number;
  readonly #bandwidth: number;
  readonly #loss: number;
  readonly #reorder: number;
  readonly #reorderDelayUs: number;
  readonly #chance: Prng;

  constructor(name: string, options: LinkOptions = {}) {
    this.name = name;
    this.type = options.type ?? "ethernet";
    this.mtu = options.mtu ?? 1500;
    this.queueBytes = options.queueBytes ?? 262_144;
    this.#latencyUs = checked(name, "latencyUs", options.latencyUs ?? 100, 0, Number.MAX_SAFE_INTEGER);
    this.#bandwidth = checked(name, "bandwidth", options.bandwidth ?? 1e9, 1, Number.POSITIVE_INFINITY);
    this.#loss = checked(name, "loss", options.loss ?? 0, 0, 1);
    this.#reorder = checked(name, "reorder", options.reorder ?? 0, 0, 1);
    this.#reorderDelayUs = checked(name, "reorderDelayUs", options.reorderDelayUs ?? this.#latencyUs, 0, 1e12);
    this.#chance = new Prng(options.seed ?? 1);
  }

  /** Microseconds that so many bytes need to leave. */
  sendingTime(bytes: number): number {
    return (bytes * 8 * 1e6) / this.#bandwidth;
  }

  /** A packet leaves `from` at `time`, in microseconds: it comes to whomever it is for, or gets lost. */
  carry(simulation: Simulation, from: Port, bytes: Uint8Array, time: number): void {
    this.counters.sent++;
    if (this.#happens(simulation, this.#loss, "lost")) {
      this.counters.lost++;
      return;
    }
    const isHeldUp = this.#happens(simulation, this.#reorder, "overtaken");
    if (isHeldUp) this.counters.reordered++;
    const arrival = Math.ceil(time + this.#latencyUs + (isHeldUp ? this.#reorderDelayUs : 0));
    for (const port of this.ports) {
      if (port === from || !this.#isFor(port, bytes)) continue;
      if (!port.arrive(bytes, arrival, isHeldUp)) this.counters.dropped++;
    }
  }

  #isFor(port: Port, bytes: Uint8Array): boolean {
    if (this.type === "point-to-point") return true;
    const destination = bytes.subarray(0, ETHER_ADDRESS_LENGTH);
    return isGroupAddress(destination) || sameAddress(destination, port.hardwareAddress);
  }

  // The link's own numbers are drawn in the order in which packets are sent. Only measured time draws any.
  #happens(simulation: Simulation, probability: number, what: string): boolean {
    if (probability === 0) return false;
    if (simulation.scheduler.adversarial) return simulation.choose(2, `${this.name}: ${what}`) === 1;
    return this.#chance.fraction() < probability;
  }
}

function checked(link: string, option: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new UsageError(`link "${link}": ${option} must be ${least} to ${most}, not ${value}`);
}
