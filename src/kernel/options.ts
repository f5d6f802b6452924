// How a universe behaves, and its defaults.

/** How a universe behaves; everything here is part of a schedule's identity. */
export interface SimulationOptions {
  /** Before every acquire, wait and notify ("operations"), or before unlocks too (the oracle setting). */
  readonly pointsBefore: "operations" | "every";
  /** Whether starting a thread is a step of its own. */
  readonly startIsStep: boolean;
  /** Which waiter a notify takes: the first, as in Haiku, or any, as a choice. */
  readonly wakeups: "fifo" | "any";
  /** How often at most, in one execution, a wait on a condition variable ends although nobody notified it. */
  readonly spuriousWakeups: number;
  /** How often at most, in one execution, memory is not to be had (src/kernel/mishaps.ts). */
  readonly allocationFailures: number;
  /**
   * How often a loop of one step, that neither sleeps nor changes anything, goes round before it is held up until somebody
   * else changes something; of longer loops, how many steps (src/kernel/spin.ts). 0: nothing is held up.
   */
  readonly freeRounds: number;
  /** More steps than this end the execution as out-of-steps. */
  readonly maxSteps: number;
  /**
   * Objects (by number) whose unlocks are points and whose queues show; found during exploring. Fields and shared values:
   * there are points before their accesses (src/kernel/access-point.ts).
   */
  readonly marks: ReadonlySet<number>;
}

export const DEFAULT_OPTIONS: SimulationOptions = {
  pointsBefore: "operations",
  startIsStep: true,
  wakeups: "fifo",
  spuriousWakeups: 0,
  allocationFailures: 0,
  freeRounds: 10,
  maxSteps: 20_000,
  marks: new Set(),
};
