// A queue: what was put in first comes out first, each in constant time.

/** Taken places at the front that are kept at most, beside as many as are in use. */
const WASTE_MOST = 32;

export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first; undefined when there is none. */
  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#start([]);
    else if (this.#head > WASTE_MOST && this.#head > this.length) this.#start(this.#items.slice(this.#head));
    return item;
  }

  /** Takes all of them. */
  takeAll(): T[] {
    const all = this.#items.slice(this.#head) as T[];
    this.#start([]);
    return all;
  }

  #start(items: (T | undefined)[]): void {
    this.#items = items;
    this.#head = 0;
  }
}
