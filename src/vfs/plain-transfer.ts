// A program's read or write where nobody watches (src/kernel/plain.ts): what UserTeam.transfer does, from the beginning on if
// anything is unusual, and without a generator if nothing is. Every packet comes by here twice.
//
// Like a generator it does nothing before it is awaited, or run as the body of a thread.

import { B_INTERRUPTED } from "#base/status";
import { given, NOT_YET, resultAtOnce } from "#kernel/at-once";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import type { IoContext } from "#vfs/io-context";

/** The team whose call it is. */
export interface Caller {
  readonly kernel: Kernel;
  readonly context: IoContext;
  /** Into the kernel, with so many bytes. */
  enter(call: "read" | "write", bytes: number): void;
  /** So many bytes went out of it. */
  copied(bytes: number): void;
  /** The whole call, whatever comes; or what is left of one that has begun. */
  transfer(call: "read" | "write", fd: number, bytes: Uint8Array, begun?: Operation<number>): Steps<number>;
}

export class PlainTransfer implements IterableIterator<undefined, number, void> {
  readonly #caller: Caller;
  readonly #call: "read" | "write";
  readonly #fd: number;
  readonly #bytes: Uint8Array;
  /** The call, once it is under way. */
  #steps: Iterator<undefined, number, void> | null = null;
  /** `steps` is all that is left of it. */
  #isLeft = false;

  constructor(caller: Caller, call: "read" | "write", fd: number, bytes: Uint8Array) {
    this.#caller = caller;
    this.#call = call;
    this.#fd = fd;
    this.#bytes = bytes;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, number> {
    if (this.#steps !== null) {
      const result = this.#steps.next();
      return result.done !== true || this.#isLeft ? result : this.#leave(result.value);
    }
    if (!this.#isUsual()) return this.#goOn(this.#caller.transfer(this.#call, this.#fd, this.#bytes));
    const isRead = this.#call === "read";
    this.#caller.enter(this.#call, isRead ? 0 : this.#bytes.length);
    const transfer = isRead
      ? this.#caller.context.read(this.#fd, this.#bytes)
      : this.#caller.context.write(this.#fd, this.#bytes);
    const count = resultAtOnce(this.#caller.kernel, transfer);
    if (count !== NOT_YET) return this.#leave(count);
    this.#steps = transfer[Symbol.iterator]();
    return this.next();
  }

  // The call has come to its end.
  #leave(count: number): IteratorResult<undefined, number> {
    if (count === B_INTERRUPTED || !this.#isUsual()) {
      const result = given(this.#caller.kernel, count);
      return this.#goOn(this.#caller.transfer(this.#call, this.#fd, this.#bytes, result));
    }
    if (count > 0 && this.#call === "read") this.#caller.copied(count);
    return { done: true, value: count };
  }

  #goOn(rest: Iterator<undefined, number, void>): IteratorResult<undefined, number> {
    this.#steps = rest;
    this.#isLeft = true;
    return rest.next();
  }

  // No signal is to be delivered, and the simulation goes on.
  #isUsual(): boolean {
    const { current, closed } = this.#caller.kernel.simulation;
    return current !== null && !closed && current.signals === 0;
  }
}
