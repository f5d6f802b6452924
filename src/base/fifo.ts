// A queue: what was put in first comes out first, each in constant time.
//
// Invariant: a ring of a power of two of places, at most eight times as many as are in use, or a few.

/** Places at the beginning, and what is never too many. */
const PLACES_LEAST = 8;
const PLACES_KEPT = 128;

export class Fifo<T> {
  /** Made when something is put in. */
  #places: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#places[this.#head];
  }

  push(item: T): void {
    if (this.#length === this.#places.length) this.#move(Math.max(PLACES_LEAST, 2 * this.#length));
    this.#places[(this.#head + this.#length) & (this.#places.length - 1)] = item;
    this.#length++;
  }

  /** Takes the first; undefined when there is none. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const places = this.#places;
    const item = places[this.#head];
    places[this.#head] = undefined;
    this.#head = (this.#head + 1) & (places.length - 1);
    this.#length--;
    if (places.length > PLACES_KEPT && this.#length < places.length / 8) this.#move(places.length / 2);
    return item;
  }

  /** All of them, the first first; they stay. */
  get items(): readonly T[] {
    return this.#inOrder();
  }

  /** Takes all of them. */
  takeAll(): T[] {
    const all = this.#inOrder();
    this.#places = [];
    this.#head = 0;
    this.#length = 0;
    return all;
  }

  #move(count: number): void {
    const places: (T | undefined)[] = this.#inOrder();
    while (places.length < count) places.push(undefined);
    this.#places = places;
    this.#head = 0;
  }

  #inOrder(): T[] {
    const mask = this.#places.length - 1;
    return Array.from({ length: this.#length }, (_, place) => this.#places[(this.#head + place) & mask] as T);
  }
}
