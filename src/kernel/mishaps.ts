// Things that go wrong only where a scenario asks for it: memory that is not to be had, a wait that ends although nobody
// notified it. Each is a choice inside a step, so a complete strategy explores both ways, and a schedule holds which one was taken.
//
// Invariants:
//   - value 0 is always the one in which nothing goes wrong;
//   - nothing goes wrong while a host is built or set up, nor in measured time;
//   - what is left of an allowance belongs to no step's footprint. How often something went wrong is a property of the trace, and
//     only ever grows: the executions with too many are left out in every order alike, so nothing else is lost, and
//     threads do not depend on each other by what each of them was allowed.

import type { Kernel } from "#kernel/kernel";

const SERVICE = "mishaps";

/** What may still go wrong in this execution. */
class Mishaps {
  readonly #kernel: Kernel;
  #spuriousWakeups: number;
  #allocationFailures: number;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const { options } = kernel.simulation;
    this.#spuriousWakeups = options.spuriousWakeups;
    this.#allocationFailures = options.allocationFailures;
  }

  wakesUp(variable: string): boolean {
    if (this.#spuriousWakeups <= 0 || !this.#happens(`does the wait on "${variable}" end for no reason?`)) return false;
    this.#spuriousWakeups--;
    return true;
  }

  fails(what: string): boolean {
    if (this.#allocationFailures <= 0 || !this.#happens(`is there no memory for ${what}?`)) return false;
    this.#allocationFailures--;
    return true;
  }

  #happens(why: string): boolean {
    const { simulation } = this.#kernel;
    if (simulation.inSetup || simulation.current === null || !simulation.scheduler.adversarial) return false;
    return simulation.choose(2, why) === 1;
  }
}

/** Whether a wait that has just begun on this condition variable ends at once, for no reason. */
export function wakesSpuriously(kernel: Kernel, variable: string): boolean {
  const { simulation } = kernel;
  return !simulation.isPlain && simulation.options.spuriousWakeups > 0 && mishapsOf(kernel).wakesUp(variable);
}

/** Whether this allocation, made by the running thread, fails. `what` names it in the trace: "tun_cookie". */
export function allocationFails(kernel: Kernel, what: string): boolean {
  const { simulation } = kernel;
  return !simulation.isPlain && simulation.options.allocationFailures > 0 && mishapsOf(kernel).fails(what);
}

// All hosts of a simulation share one allowance.
function mishapsOf(kernel: Kernel): Mishaps {
  const { services } = kernel.simulation.kernels[0] ?? kernel;
  const known = services.get(SERVICE);
  if (known instanceof Mishaps) return known;
  const made = new Mishaps(kernel);
  services.set(SERVICE, made);
  return made;
}
