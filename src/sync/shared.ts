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

  constructor(kernel: Kernel, value: T, name = "shared value") {
    super(kernel, name);
    this.#value = value;
  }

  get type(): string {
    return "shared value";
  }

  get value(): T {
    unlocksFirst(this.kernel.simulation.current);
    if (this.kernel.simulation.isMarked(this)) pointBefore(this, "read");
    this.reads();
    this.kernel.simulation.recorder?.read(this);
    return this.#value;
  }

  set value(value: T) {
    if (this.kernel.simulation.closed) return;
    unlocksFirst(this.kernel.simulation.current);
    if (this.kernel.simulation.isMarked(this)) pointBefore(this, "write");
    this.takes();
    if (value !== this.#value) this.kernel.simulation.changed = true;
    this.kernel.simulation.recorder?.access(this, value);
    this.#value = value;
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
