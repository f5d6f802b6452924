// What a thread that stands aside is about to touch (src/kernel/access-point.ts), as the object of its pending operation. A file of
// its own, because kernel objects ask for such points themselves.

import { KernelObject } from "#kernel/kernel-object";
import type { Kernel } from "#kernel/kernel";
import type { Thread } from "#kernel/thread";

/** Data, as messages and footprints name it. */
export type Data = Pick<KernelObject, "type" | "name" | "number">;

export class PointObject extends KernelObject {
  readonly type: string;

  constructor(kernel: Kernel, { type, name, number }: Data) {
    super(kernel, name, null, number);
    this.type = type;
  }

  /** Unless its next step is an unlock, a thread goes on only when it is the last that stands aside. */
  enabled(thread: Thread): boolean {
    return thread.kernel.simulation.aside?.thread === thread;
  }

  perform(): void {}
}
