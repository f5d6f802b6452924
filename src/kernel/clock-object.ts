// The object of operations that touch no other: snooze, yield, interrupts off. It stands for the host's clock
// and CPUs, and is in a footprint only where those are observed.

import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";

export class ClockObject extends KernelObject {
  constructor(kernel: Kernel) {
    super(kernel, "time");
  }

  get type(): string {
    return "clock";
  }

  /** The running step sees what time it is. */
  looked(): void {
    this.kernel.simulation.mark(this);
    this.reads();
  }

  enabled(): boolean {
    return true;
  }

  perform(thread: Thread): void {
    this.kernel.clockOperation(thread);
  }
}
