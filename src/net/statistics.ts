// What an interface counts, as `ifconfig` lists it (facts: haiku.md, section 10).
//
// Invariants:
//   - each counter is an object of its own in footprints, so that sending and receiving stay independent;
//   - counting is no progress: a reader that only fails, waits and counts its failure has changed nothing
//     that anybody waits for.
// Not modelled: multicast packets and collisions, which stay 0. Haiku's kernel of 2023 left counting to the
// drivers; here the stack counts for every driver, as today's does.

import { unlocksFirst } from "#kernel/access-point";
import type { Kernel } from "#kernel/kernel";
import { newObjectNumbers } from "#kernel/numbers";

const COUNTERS = [
  "receivePackets",
  "receiveErrors",
  "receiveBytes",
  "receiveDropped",
  "sendPackets",
  "sendErrors",
  "sendBytes",
  "sendDropped",
] as const;

type Counter = (typeof COUNTERS)[number];

/** All counters at one moment. */
export type Counts = Readonly<Record<Counter, number>>;

// Their places in the list: a number finds its counter faster than a name.
export const RECEIVE_PACKETS = 0;
export const RECEIVE_ERRORS = 1;
export const RECEIVE_BYTES = 2;
export const RECEIVE_DROPPED = 3;
export const SEND_PACKETS = 4;
export const SEND_ERRORS = 5;
export const SEND_BYTES = 6;

/** ifreq_stats: the counters of one device. */
export class Statistics {
  readonly #kernel: Kernel;
  readonly #firstNumber: number;
  readonly #values: number[] = COUNTERS.map(() => 0);

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#firstNumber = newObjectNumbers(kernel.simulation, COUNTERS.length);
  }

  /** atomic_add on the counter at one of the places above. */
  count(place: number, amount = 1): void {
    const { simulation } = this.#kernel;
    if (simulation.closed) return;
    unlocksFirst(simulation.current);
    simulation.footprint.write(this.#firstNumber + place);
    this.#values[place] = (this.#values[place] ?? 0) + amount;
  }

  /** The counters as they are now. */
  read(): Counts {
    const { footprint, current } = this.#kernel.simulation;
    unlocksFirst(current);
    const counts = COUNTERS.map((counter, place) => {
      footprint.read(this.#firstNumber + place);
      return [counter, this.#values[place] ?? 0];
    });
    return Object.fromEntries(counts) as Counts;
  }
}
