// The kernel's heap: blocks with fills, and what is known about each free.
//
// Invariants:
//   - fresh memory reads 0xcccccccc (malloc) or zero (new), freed memory 0xdeadbeef, in place, embedded
//     locks' words too; a release build fills nothing (facts: haiku.md, section 6);
//   - an address is a function of (allocating thread, its n-th allocation); while exploring no block is
//     reused, so addresses never make independent steps dependent; in measured time the block that was freed
//     last serves the next allocation of its type, and an old pointer then sees the new content;
//   - faithful: a freed block can be used as on the machine; guarded: its first use panics.

import { unlocksFirst } from "#kernel/access-point";
import { Block, FREED, FRESH, type HeapRecord } from "#kernel/block";
import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import { formatAddress, type KernelObject } from "#kernel/kernel-object";
import { allocationFails } from "#kernel/mishaps";
import { newObjectNumbers } from "#kernel/numbers";
import type { Fields, Struct, StructType } from "#kernel/struct";

/** A loop that allocates and reaches no operation would take all memory before anybody noticed. */
const BLOCKS_MOST = 20_000;
/** In measured time runs may be long; there what was freed is used again, and does not count. */
const BLOCKS_MOST_MEASURED = 1_000_000;

/** A use of freed memory that went on as on the machine. */
export interface FreedUse {
  readonly block: Block;
  readonly what: string;
  readonly by: HeapRecord;
}

export class Heap {
  readonly #kernel: Kernel;
  readonly #guarded: boolean;
  readonly #live = new Set<Block>();
  readonly #freed = new Map<StructType, { block: Block; instance: unknown }[]>();
  #allocations = 0;
  /** Blocks ever made: while exploring none is reused. */
  #blocks = 0;
  /** Every use of freed memory, in order; the first of each block and thread. */
  readonly uses: FreedUse[] = [];

  constructor(kernel: Kernel, guarded: boolean) {
    this.#kernel = kernel;
    this.#guarded = guarded;
  }

  /**
   * `new (std::nothrow) T()`: zero-filled, embedded objects constructed, then `initial` assigned. Null when there is no
   * memory, which happens only where a scenario asks for `allocationFailures`.
   */
  tryNew<F extends Fields>(type: StructType<F>, initial: Partial<Struct<F>> = {}): Struct<F> | null {
    if (allocationFails(this.#kernel, type.name)) return null;
    const instance = this.#allocate(type, "new");
    for (const [name, value] of Object.entries(initial)) Reflect.set(instance, name, value);
    return instance;
  }

  /** As `tryNew`, for code that does not ask whether there was memory: null all the same when there was none. */
  new<F extends Fields>(type: StructType<F>, initial: Partial<Struct<F>> = {}): Struct<F> {
    return this.tryNew(type, initial) as Struct<F>;
  }

  /** `malloc(sizeof(T))`: every field, and every embedded object's word, reads 0xcccccccc. Null like `new`. */
  malloc<F extends Fields>(type: StructType<F>): Struct<F> {
    if (allocationFails(this.#kernel, type.name)) return null as unknown as Struct<F>;
    const instance = this.#allocate(type, "malloc");
    // A release kernel writes nothing: what lies there may well look like a free lock, and go unnoticed.
    if (this.#kernel.debug === "kdebug") instance.$block.fill(FRESH);
    else instance.$block.raw = embeddedNumbers(instance.$block);
    return instance;
  }

  /** `delete` or `free`. Null is ignored; freed twice, the kernel panics. */
  delete(instance: { readonly $block: Block } | null): void {
    const { closed, current } = this.#kernel.simulation;
    if (instance === null || closed) return;
    if (!(instance.$block instanceof Block)) throw new UsageError("heap.delete() takes what heap.new() gave, or null");
    // An unlock that waits to be a step of its own came before this free, and may be of a lock in the block.
    unlocksFirst(current);
    const block = instance.$block;
    if (block.freed !== null) {
      this.touchedFreed(block, "free");
      this.#kernel.panic(`object_cache: object ${formatAddress(block.address)} is already freed`);
    }
    block.claim();
    block.freed = this.#record();
    this.#live.delete(block);
    this.#kernel.simulation.recorder?.freed(block);
    if (this.#kernel.debug === "kdebug") block.fill(FREED);
    const list = this.#freed.get(block.type) ?? [];
    list.push({ block, instance });
    this.#freed.set(block.type, list);
  }

  /** A freed block is used: a panic in guarded mode, else noted, and the machine goes on. */
  touchedFreed(block: Block, what: string): void {
    const by = this.#record();
    const simulation = this.#kernel.simulation;
    if (simulation.closed) return;
    simulation.recorder?.touchedFreed(block, what);
    if (!this.uses.some((use) => use.block === block && use.by.threadId === by.threadId)) {
      this.uses.push({ block, what, by });
    }
    if (this.#guarded) {
      const freer = block.freed === null ? "" : `, freed by thread ${block.freed.threadId} "${block.freed.thread}"`;
      this.#kernel.panic(`guarded heap: ${what} in freed ${block.type.name} ${formatAddress(block.address)}${freer}`);
    }
  }

  /** Blocks that nobody has freed, oldest first. */
  get live(): readonly Block[] {
    return [...this.#live];
  }

  #allocate<F extends Fields>(type: StructType<F>, how: "new" | "malloc"): Struct<F> {
    const simulation = this.#kernel.simulation;
    const reused = simulation.scheduler.adversarial ? undefined : this.#freed.get(type)?.pop();
    if (reused !== undefined) {
      reused.block.freed = null;
      reused.block.raw = null;
      reused.block.allocated = this.#record();
      reused.block.clear();
      this.#live.add(reused.block);
      simulation.recorder?.allocated(reused.block, how);
      return reused.instance as Struct<F>;
    }
    if (!Array.isArray(type.fieldNames)) throw new UsageError("heap.new() takes what struct() gives");
    const most = simulation.scheduler.adversarial ? BLOCKS_MOST : BLOCKS_MOST_MEASURED;
    if (++this.#blocks > most) {
      throw new UsageError(`more than ${most} blocks of memory in one execution: "${type.name}" is one too many`);
    }
    const number = newObjectNumbers(simulation, type.fieldNames.length);
    const block = new Block(this.#kernel, type, this.#addressFor(number), number, this.#record());
    this.#live.add(block);
    simulation.recorder?.allocated(block, how);
    return type.over(block);
  }

  #addressFor(number: number): number {
    const thread = this.#kernel.simulation.current;
    const count = thread === null ? ++this.#allocations : ++thread.allocationCount;
    const place = (thread === null ? 0 : thread.id * 61) + count;
    return (0x9000_0000 + ((place * 0x240 + (number % 8) * 8) % 0x6000_0000)) >>> 0;
  }

  #record(): HeapRecord {
    const { current, steps } = this.#kernel.simulation;
    return { thread: current?.name ?? "boot", threadId: current?.id ?? 0, step: steps };
  }
}

function embeddedNumbers(block: Block): Set<number> {
  const places = block.type.fieldList.flatMap(({ kind }, place) => (kind === "embedded" ? [place] : []));
  return new Set(places.map((place) => (block.embedded(place) as KernelObject).number));
}
