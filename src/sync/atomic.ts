// Atomic 32-bit numbers: atomic_get, atomic_set, atomic_add, atomic_test_and_set, atomic_or, atomic_and.
//
// Each operation is a point. Reads commute with reads, and a test-and-set that finds something else is one; everything
// else on one atomic conflicts.

import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { OperationKind, type Operation } from "#kernel/operation";
import type { Embedded, Field } from "#kernel/struct";
import type { Thread } from "#kernel/thread";

const Update = { add: 0, testAndSet: 1, or: 2, and: 3, exchange: 4 } as const;

/** An int32 that is read and changed in one act. */
export class Atomic extends KernelObject implements Embedded {
  #value: number;

  constructor(kernel: Kernel, value = 0, name = "unnamed atomic", block: Block | null = null) {
    super(kernel, name, block);
    this.#value = value | 0;
  }

  get type(): string {
    return "atomic";
  }

  /** atomic_get. */
  get(): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicRead, this);
  }

  /** atomic_set. */
  set(value: number): Operation<void> {
    return this.kernel.simulation.operate(OperationKind.atomicWrite, this, value);
  }

  /** atomic_add: gives the value before. */
  add(amount: number): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicUpdate, this, Update.add, amount);
  }

  /** atomic_test_and_set: sets `value` if it is `expected`; gives the value before. */
  testAndSet(value: number, expected: number): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicUpdate, this, Update.testAndSet, value, expected);
  }

  /** atomic_get_and_set: gives the value before. */
  getAndSet(value: number): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicUpdate, this, Update.exchange, value);
  }

  /** atomic_or: gives the value before. */
  or(bits: number): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicUpdate, this, Update.or, bits);
  }

  /** atomic_and: gives the value before. */
  and(bits: number): Operation<number> {
    return this.kernel.simulation.operate(OperationKind.atomicUpdate, this, Update.and, bits);
  }

  /** The value, for judges once the run is over. */
  get final(): number {
    return this.#value;
  }

  override stateWords(): string {
    return String(this.#value);
  }

  // --- called by the kernel ---

  enabled(): boolean {
    return true;
  }

  perform(thread: Thread): void {
    if (thread.pendingKind === OperationKind.atomicRead) {
      this.reads();
      return thread.complete(this.#value);
    }
    const before = this.#value;
    // A test-and-set that finds something else has only read, whatever others read meanwhile.
    if (thread.argument === Update.testAndSet && thread.pendingKind === OperationKind.atomicUpdate) {
      if (before !== ((thread.argumentObject as number) | 0)) {
        this.reads();
        return thread.complete(before);
      }
    }
    this.takes();
    this.#value = this.#next(thread) | 0;
    if (this.#value !== before) this.kernel.simulation.changed = true;
    else this.reads();
    thread.complete(thread.pendingKind === OperationKind.atomicWrite ? undefined : before);
  }

  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#value = word | 0;
  }

  #next(thread: Thread): number {
    if (thread.pendingKind === OperationKind.atomicWrite) return thread.argument;
    const operand = thread.argument2;
    switch (thread.argument) {
      case Update.add:
        return this.#value + operand;
      case Update.testAndSet:
        return this.#value === ((thread.argumentObject as number) | 0) ? operand : this.#value;
      case Update.or:
        return this.#value | operand;
      case Update.and:
        return this.#value & operand;
      default:
        return operand;
    }
  }
}

/** An atomic inside a struct. */
export function atomic(): Field<Atomic> {
  return {
    kind: "embedded",
    zero: null as unknown as Atomic,
    size: 4,
    create: (kernel, block, fieldName) => new Atomic(kernel, 0, fieldName, block),
  };
}
