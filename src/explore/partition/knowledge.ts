// What steps were seen to touch (src/explore/dpor/seen.ts), for all who share a walk: each is told what the others have seen since
// he was last told.

import { SeenFootprints, type Seen } from "#explore/dpor/seen";

/** One way in which a step was seen to go. Plain JSON. */
export type SeenEntry = readonly [key: number, way: Seen];

/** Who is told: a worker, by its number from 0. */
export class Knowledge {
  readonly #seen = new SeenFootprints();
  /** In the order in which it came, and from whom; -1 for nobody. */
  readonly #log: { readonly from: number; readonly entries: readonly SeenEntry[] }[] = [];
  readonly #told: number[] = [];

  constructor(entries: readonly SeenEntry[] = []) {
    this.#seen.takeNews();
    this.add(entries);
  }

  /** @param from the worker that knows it */
  add(entries: readonly SeenEntry[], from = -1): void {
    if (entries.length === 0) return;
    this.#seen.learn(entries);
    this.#log.push({ from, entries });
  }

  /** What a worker does not know yet; it does from now on. */
  newsFor(worker: number): SeenEntry[] {
    const news = this.#log.slice(this.#told[worker] ?? 0).filter(({ from }) => from !== worker);
    this.#told[worker] = this.#log.length;
    return news.flatMap(({ entries }) => entries);
  }

  /** All of it, for whoever is no worker; what he sees is news to the others. */
  get seen(): SeenFootprints {
    return this.#seen;
  }

  save(): SeenEntry[] {
    return this.#seen.entries().flatMap(([key, ways]) => ways.map((way): SeenEntry => [key, way]));
  }
}
