// What every kernel object has: a number, a name, an address, and its part in a thread's operations.
//
// Invariants:
//   - the number is a function of (creating thread, its n-th object), so that equivalent executions agree;
//   - `enabled` has no effects; `perform` is called only for a thread that was chosen;
//   - `reads` and `changes` come before anything is read or changed: before them others may go first, where the thread still has an
//     unlock to carry out.
// It has no private members, nor has any class between it and those that are made: the engine makes objects
// of a class in place, without calls, only if all its base classes have none; each execution makes all its objects anew.

import { unlocksFirst } from "#kernel/access-point";
import { canBlock } from "#kernel/blocking";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { newObjectNumber } from "#kernel/numbers";
import type { Thread } from "#kernel/thread";

/** A shared object of a simulated kernel on which threads perform operations. */
export abstract class KernelObject {
  readonly kernel: Kernel;
  /** The object's number in footprints. */
  readonly number: number;
  /** The name in messages; may be set later (a C driver names a lock in its init call). */
  name: string;
  /** The heap block that this object lies in, if any. */
  readonly memory: Block | null;
  /** Owned by src/kernel/spinlock-ring.ts: the place of the latest acquisition of its spinlock, and by what. */
  spinlockTaken = 0;
  spinlockTaker = 0;

  constructor(
    kernel: Kernel,
    name: string,
    memory: Block | null = null,
    number: number = newObjectNumber(kernel.simulation),
  ) {
    this.kernel = kernel;
    this.name = name;
    this.memory = memory;
    this.number = number;
  }

  /** The kind of object in messages: "mutex", "condition variable", ... */
  abstract get type(): string;

  /** The name in traces and reports, the host's before it where there are several. */
  get title(): string {
    return this.kernel.prefix + this.name;
  }

  /** Whether the thread's pending operation on this object could take effect now. */
  abstract enabled(thread: Thread): boolean;

  /** Carries out the thread's pending operation: completes it, or blocks the thread. */
  abstract perform(thread: Thread): void;

  /** The running step brings a thread to the point before an operation on this object. */
  arrives(): void {}

  /** Takes a waiting thread off this object's queue, because of a timeout or a signal. */
  abandon(_thread: Thread): void {}

  /** The one thread that has this object and could give it, if there is such a thread. */
  holder(): Thread | null {
    return null;
  }

  /** Its state in a word or two, as a report shows it; empty when there is nothing to say. Never recorded as a read. */
  stateWords(): string {
    const holder = this.holder();
    return holder === null || (holder as KernelObject) === this ? "" : `held by "${holder.title}"`;
  }

  /** Whether this thread has the object, alone or with others. */
  isHeldBy(thread: Thread): boolean {
    return this.holder() === thread;
  }

  /** Whether the thread's pending operation on this object is one that others can disable. */
  canBlock(thread: Thread): boolean {
    return canBlock(thread.pendingKind);
  }

  /** What the object can give, as src/kernel/blocking.ts reads it: for a lock 1 when it is free, else 0. */
  availability(): number {
    return 1;
  }

  /** The low 32 bits of the object's fake address; the high ones are 0xffffffff. */
  get address(): number {
    const inBlock = this.memory === null ? 0 : this.memory.address + (this.number - this.memory.number) * 8;
    return (inBlock === 0 ? 0x8100_0000 + this.number * 0x40 : inBlock) >>> 0;
  }

  /** Records that the running step reads this object. */
  protected reads(): void {
    unlocksFirst(this.kernel.simulation.current);
    if (this.memory !== null) touch(this.memory, this);
    this.kernel.simulation.footprint.read(this.number);
  }

  /** Records that the running step writes this object without changing data (a lock, a queue of waiters). */
  protected takes(): void {
    if (this.memory !== null) touch(this.memory, this);
    const { simulation } = this.kernel;
    simulation.watcher?.taken(this);
    simulation.footprint.write(this.number);
  }

  /** Records that the running step changes this object. */
  protected changes(): void {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    if (this.memory !== null) touch(this.memory, this);
    simulation.watcher?.taken(this);
    simulation.footprint.write(this.number);
    simulation.changed = true;
  }

  /** It does not lie in memory that was freed. */
  protected isWhole(): boolean {
    return this.memory === null || this.memory.freed === null;
  }

  /** Raw memory has become this object. */
  protected initialised(): void {
    this.memory?.raw?.delete(this.number);
  }
}

function touch(memory: Block, object: KernelObject): void {
  if (memory.freed !== null) memory.touched(`use of ${object.type} "${object.name}"`);
}

/** An address as `%p` prints it: 0x and sixteen digits. */
export function formatAddress(low: number): string {
  return low === 0 ? "0x0000000000000000" : `0xffffffff${(low >>> 0).toString(16).padStart(8, "0")}`;
}
