// A plain variable that threads share: its reads and writes are part of the step's footprint, and no points.
//
// A closure's variable is invisible to the explorer; state that threads of a scenario share belongs in here.

import { pointBefore, unlocksFirst } from "#kernel/access-point";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { describeValue } from "#trace/recorder";

/** A shared variable without a lock of its own. */
export class Shared<T> extends KernelObject {
  #value: T;
  readonly #isPlain: boolean;

  constructor(kernel: Kernel, value: T, name = "shared value") {
    super(kernel, name);
    this.#value = value;
    this.#isPlain = kernel.simulation.isPlain;
  }

  get type(): string {
    return "shared value";
  }

  get value(): T {
    return this.#isPlain ? this.#value : this.#valueNoted();
  }

  #valueNoted(): T {
    unlocksFirst(this.kernel.simulation.current);
    if (this.kernel.simulation.isMarked(this)) pointBefore(this.kernel, this, "read");
    this.reads();
    this.kernel.simulation.recorder?.read(this);
    return this.#value;
  }

  set value(value: T) {
    const { simulation } = this.kernel;
    if (simulation.closed) return;
    if (!this.#isPlain) this.#note(value);
    if (value !== this.#value) simulation.changed = true;
    this.#value = value;
  }

  // What comes before writing, where somebody wants to know of it.
  #note(value: T): void {
    unlocksFirst(this.kernel.simulation.current);
    if (this.kernel.simulation.isMarked(this)) pointBefore(this.kernel, this, "write");
    this.takes();
    this.kernel.simulation.recorder?.access(this, value);
  }

  override stateWords(): string {
    return describeValue(this.#value);
  }

  enabled(): boolean {
    return true;
  }

  perform(): void {}
}

/** A variable that threads share. */
export function shared<T>(kernel: Kernel, value: T, name?: string): Shared<T> {
  return new Shared(kernel, value, name);
}
