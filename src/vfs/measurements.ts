// What the programs of a run have measured: numbers by name, and times by what took them.
//
// For whoever looks at the run when it is over. Observers' notes: no thread goes by them, so they are recorded nowhere.

import { Histogram } from "#base/histogram";
import type { Kernel } from "#kernel/kernel";

const SERVICE = "measurements";

export class Measurements {
  readonly figures: Map<string, number> = new Map();
  /** Microseconds, by what took them: "ping". */
  readonly times: Map<string, Histogram> = new Map();

  /** Something took so long. */
  time(name: string, microseconds: number): void {
    const known = this.times.get(name) ?? new Histogram();
    this.times.set(name, known);
    known.add(Math.max(0, microseconds));
  }
}

/** The measurements of one host. */
export function measurementsOf(kernel: Kernel): Measurements {
  const known = kernel.services.get(SERVICE);
  if (known instanceof Measurements) return known;
  const made = new Measurements();
  kernel.services.set(SERVICE, made);
  return made;
}
