// Taking the stacks of one recording: each as deep as is needed, and so many of them as memory allows.

import { TakenStack } from "#trace/stack";
import { StackReader, type Met } from "#trace/stack-reader";

export class StackTaker {
  readonly #depth: number;
  readonly #most: number;
  readonly #reader = new StackReader();
  readonly #latest: TakenStack[] = [];
  #count = 0;
  /** Each thread's last stack that was read at once. */
  readonly #lasts = new Map<number, Met>();
  /** By a stack, how deep those were at most that came after it in the same thread. */
  readonly #reaches = new Map<Met, number>();

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
   * The same, read at once. It is taken as deep as was enough where the thread came from the same place before, since half of a stack
   * lies outside the simulation; where that is not enough, once more.
   * @param below the stack begins with the caller of this function; where there is none, or it is not on the stack, with our own
   */
  read(thread: number, below?: Function): TakenStack | null {
    if (this.#depth === 0) return null;
    const last = this.#lasts.get(thread);
    const enough = last === undefined ? 0 : (this.#reaches.get(last) ?? 0);
    const stack =
      (enough === 0 ? null : this.#readWhole(Math.min(this.#depth, enough), below)) ??
      this.#readWhole(this.#depth, below) ??
      new TakenStack(this.#reader.read, this.#depth);
    stack.read();
    const { met } = this.#reader;
    if (met === null) return stack;
    if (last !== undefined && met.reach > enough) this.#reaches.set(last, met.reach);
    this.#lasts.set(thread, met);
    return stack;
  }

  // Null where it does not reach to where the simulation resumed the thread.
  #readWhole(deep: number, below: Function | undefined): TakenStack | null {
    const stack = new TakenStack(this.#reader.readWhole, deep, below);
    stack.read();
    return this.#reader.met === null ? null : stack;
  }
}
