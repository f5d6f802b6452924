// What an operation gives back: its thread's one iterator, by which `yield*` carries the operation out.
//
// Invariant: it is idle between operations; an operation that was begun and never awaited shows at the next one.

import { UsageError } from "#base/assert";
import type { KernelObject } from "#kernel/kernel-object";
import { operationVerb } from "#kernel/operation";
import { PointObject, type Data } from "#kernel/point-object";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

const IteratorState = { idle: 0, complete: 1, leaving: 2, parked: 3 } as const;
type IteratorState = (typeof IteratorState)[keyof typeof IteratorState];

const NOT_DONE: IteratorYieldResult<undefined> = { done: false, value: undefined };

/**
 * The one iterator of a thread. `yield*` asks it once when the operation was done at once, and twice or
 * more when another thread went first: the second call carries the operation out.
 */
export class OperationIterator implements IterableIterator<undefined, unknown, void> {
  probe: (() => void) | null = null;
  readonly #thread: Thread;
  readonly #simulation: Simulation;
  #state: IteratorState = IteratorState.idle;
  readonly #done: { done: true; value: unknown } = { done: true, value: undefined };

  constructor(thread: Thread) {
    this.#thread = thread;
    this.#simulation = thread.kernel.simulation;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, unknown> {
    const state = this.#state;
    if (state === IteratorState.complete) {
      this.#state = IteratorState.idle;
      return this.#done;
    }
    if (this.probe !== null) {
      this.probe();
      return NOT_DONE;
    }
    if (state === IteratorState.leaving) {
      this.#state = IteratorState.parked;
      return NOT_DONE;
    }
    if (state !== IteratorState.parked || !this.#simulation.advance(this.#thread)) return NOT_DONE;
    this.#state = IteratorState.idle;
    return this.#done;
  }

  /** The operation has its result. */
  finish(value: unknown): void {
    this.#done.value = value;
    this.#state = IteratorState.complete;
  }

  /** As `next`, for who knows that it is complete: the result by itself. */
  take(): unknown {
    this.#state = IteratorState.idle;
    return this.#done.value;
  }

  /** Another thread goes first: the next `next()` suspends, the one after it carries on. */
  leave(): void {
    this.#state = IteratorState.leaving;
  }

  /** What the thread waits for that stands aside before it touches this data: no operation is begun. */
  pointAt(data: Data): KernelObject {
    return new PointObject(this.#thread.kernel, data);
  }

  /** The thread gets a new generator: whatever the old one was in is over. */
  reset(): void {
    this.#state = IteratorState.idle;
  }

  /** Whether the generator is suspended inside an operation. */
  get isParked(): boolean {
    return this.#state === IteratorState.parked;
  }

  /** Whether the thread's own code runs, with no operation begun. */
  get isIdle(): boolean {
    return this.#state === IteratorState.idle;
  }

  get isComplete(): boolean {
    return this.#state === IteratorState.complete;
  }

  /** Throws if the last operation was not awaited with `yield*`. */
  checkAwaited(): void {
    if (this.#state !== IteratorState.idle) this.#notAwaited();
  }

  #notAwaited(): never {
    const thread = this.#thread;
    this.#state = IteratorState.idle;
    const object = thread.pendingObject === null ? "" : ` ${thread.pendingObject.name}`;
    const where = thread.kernel.simulation.recorder?.lastPlaceOf(thread.id) ?? "";
    throw new UsageError(
      `thread "${thread.name}": the operation "${operationVerb(thread.pendingKind)}${object}" was not awaited with yield*${where}`,
    );
  }
}
