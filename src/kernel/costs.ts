// What things cost in measured time: an assumption, not a measurement of Haiku.
//
// The figures are of the order of a 2 GHz machine of 2023. No verdict may depend on them: a test halves and
// doubles them all.

/** CPU time in nanoseconds. */
export interface Costs {
  /** One operation on a lock, condition variable, semaphore, atomic, without contention. */
  readonly operation: number;
  /** Choosing another thread and switching to it. */
  readonly contextSwitch: number;
  /** Creating a thread. */
  readonly spawn: number;
  /** Entering and leaving the kernel. */
  readonly syscall: number;
  /** Copying one byte between user and kernel. */
  readonly copyPerByte: number;
  /** A timer interrupt. */
  readonly interrupt: number;
}

export const DEFAULT_COSTS: Costs = {
  operation: 60,
  contextSwitch: 1_500,
  spawn: 8_000,
  syscall: 250,
  copyPerByte: 0.25,
  interrupt: 800,
};

/** The same costs, each multiplied by `factor`. */
export function scaleCosts(costs: Costs, factor: number): Costs {
  return {
    operation: costs.operation * factor,
    contextSwitch: costs.contextSwitch * factor,
    spawn: costs.spawn * factor,
    syscall: costs.syscall * factor,
    copyPerByte: costs.copyPerByte * factor,
    interrupt: costs.interrupt * factor,
  };
}
