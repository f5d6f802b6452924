// What is expected of the strategies, and how much is tried: the switches of these tests in one place.

/**
 * The share of `dpor`'s executions, over all random programs, that may be begun and given up: those where what a step touches
 * depends on others in a way that was not seen before. On the literature's programs there must be none (test/explore/oracles).
 */
export const BLOCKED_MOST = 0.002;

/** Programs of each family. `LOCKSTEP_TRUTH_RUNS=n` takes n; null without it: few. */
export const RUNS: number | null = numberFrom("LOCKSTEP_TRUTH_RUNS");

/** Which random programs. `LOCKSTEP_TRUTH_SEED=n` takes others. */
export const SEED: number = numberFrom("LOCKSTEP_TRUTH_SEED") ?? 1;

/** Larger programs than these are not compared. */
export const INTERLEAVINGS_MOST: number = RUNS === null ? 300 : 1_500;
export const STATES_MOST: number = RUNS === null ? 6_000 : 30_000;
export const EXECUTIONS_MOST: number = RUNS === null ? 1_000 : 5_000;

/** The share of programs that must have been small enough to be compared: below it the check says too little. */
export const COMPARED_LEAST = 0.7;

/** Milliseconds for one family, shrinking included. */
export const TIME_MOST = 3_600_000;

function numberFrom(name: string): number | null {
  const text = process.env[name] ?? "";
  if (text === "") return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} should be a whole number above 0`);
  return value;
}
