// Remembers what a running universe speaks of: its kernel objects and its blocks of memory. It stands where a recorder
// would and writes no events, so running to a moment costs little more than running.
//
// An object is known from the first operation on it; one that lies in a block, from its block's allocation.

import { Block } from "#kernel/block";
import { KernelObject } from "#kernel/kernel-object";
import { operationVerb, type OperationKind } from "#kernel/operation";
import { Recorder } from "#trace/recorder";

export class Collector extends Recorder {
  /** By their numbers. */
  readonly objects: Map<number, KernelObject> = new Map();
  /** In the order in which they were allocated, freed ones too. */
  readonly blocks: Set<Block> = new Set();

  constructor() {
    super((kind) => operationVerb(kind as OperationKind), 0);
  }

  override step(...[thread]: Parameters<Recorder["step"]>): void {
    this.#meet(thread);
    this.#meet(thread.pendingObject);
  }

  override blocked(...[thread]: Parameters<Recorder["blocked"]>): void {
    this.#meet(thread.waitObject);
  }

  override acquired(...[object]: Parameters<Recorder["acquired"]>): void {
    this.#meet(object);
  }

  override unlocked(...[object]: Parameters<Recorder["unlocked"]>): void {
    this.#meet(object);
  }

  override notified(...[object]: Parameters<Recorder["notified"]>): void {
    this.#meet(object);
  }

  override spawned(...[thread]: Parameters<Recorder["spawned"]>): void {
    this.#meet(thread);
  }

  override created(...[object]: Parameters<Recorder["created"]>): void {
    this.#meet(object);
  }

  override allocated(...[block]: Parameters<Recorder["allocated"]>): void {
    if (!(block instanceof Block) || this.blocks.has(block)) return;
    this.blocks.add(block);
  }

  override read(...[object]: Parameters<Recorder["read"]>): void {
    this.#meet(object);
  }

  override access(...[object]: Parameters<Recorder["access"]>): void {
    this.#meet(object);
  }

  override accuse(...[object]: Parameters<Recorder["accuse"]>): void {
    this.#meet(object);
  }

  override woken(): void {}
  override expired(): void {}
  override exited(): void {}
  override freed(): void {}
  override touchedFreed(): void {}
  override ordered(): void {}
  override interruptsOn(): void {}
  override enter(): void {}
  override leave(): void {}
  override choice(): void {}
  override output(): void {}
  override failed(): void {}
  override panicked(): void {}
  override ended(): void {}

  #meet(object: unknown): void {
    if (object instanceof KernelObject) this.objects.set(object.number, object);
  }
}
