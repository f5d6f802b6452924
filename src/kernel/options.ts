// How a universe behaves, and its defaults.

/** How a universe behaves; everything here is part of a schedule's identity. */
export interface SimulationOptions {
  /** Before every acquire, wait and notify ("operations"), or before unlocks too (the oracle setting). */
  readonly pointsBefore: "operations" | "every";
  /** Whether starting a thread is a step of its own. */
  readonly startIsStep: boolean;
  /** Which waiter a notify takes: the first, as in Haiku, or any, as a choice. */
  readonly wakeups: "fifo" | "any";
  /** More steps than this end the execution as out-of-steps. */
  readonly maxSteps: number;
  /** Objects (by number) whose unlocks are points and whose queues show; found during exploring. */
  readonly marks: ReadonlySet<number>;
}

export const DEFAULT_OPTIONS: SimulationOptions = {
  pointsBefore: "operations",
  startIsStep: true,
  wakeups: "fifo",
  maxSteps: 20_000,
  marks: new Set(),
};
