// Taking the stacks of one recording: each as deep as is needed, and so many of them as memory allows.

import { TakenStack } from "#trace/stack";
import { StackReader } from "#trace/stack-reader";

/** So many calls deeper than a thread's last stack its next one is taken. */
const SPARE = 6;

export class StackTaker {
  readonly #depth: number;
  readonly #most: number;
  readonly #reader = new StackReader();
  readonly #latest: TakenStack[] = [];
  #count = 0;
  /** How deep each thread's last stack was that was read at once. */
  readonly #reaches = new Map<number, number>();

  /**
   * @param depth frames that are taken of each stack at most, innermost first; 0 for no stacks
   * @param most stacks that wait to be read at most: the oldest are given up
   */
  constructor(depth: number, most: number) {
    this.#depth = depth;
    this.#most = most;
  }

  /** The running code's stack, to be read later; null where none are taken. */
  take(): TakenStack | null {
    if (this.#depth === 0) return null;
    const taken = new TakenStack(this.#reader.read, this.#depth);
    const place = this.#count++ % this.#most;
    this.#latest[place]?.forget();
    this.#latest[place] = taken;
    return taken;
  }

  /**
   * The same, read at once. It is taken only a little deeper than the thread's last one was, since half of a stack lies outside
   * the simulation; where that is not enough, once more.
   */
  read(thread: number): TakenStack | null {
    if (this.#depth === 0) return null;
    const reach = this.#reaches.get(thread);
    const near =
      reach === undefined ? null : new TakenStack(this.#reader.readWhole, Math.min(this.#depth, reach + SPARE));
    const stack = near !== null && near.frames.length > 0 ? near : new TakenStack(this.#reader.read, this.#depth);
    stack.read();
    if (this.#reader.reach !== null) this.#reaches.set(thread, this.#reader.reach);
    return stack;
  }
}
