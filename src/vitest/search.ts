// The searches behind `lockstep/vitest`: each a generator that pauses now and then, so that a test can let vitest breathe,
// and a matcher can run it through at once.

import type { OperationCount } from "#explore/coverage";
import { OperationTally } from "#explore/coverage";
import type { ExploredFinding, ExploreOptions, ExploreResult } from "#explore/explorer";
import { Search } from "#explore/search";
import { judgeSample, type JudgedFinding } from "#judges/sample";
import { SECONDS, STEP_SECONDS, type SettledOptions } from "#vitest/options";
import type { Tested } from "#vitest/subject";

/** Milliseconds of exploring between two pauses. */
const SLICE = 50;
/** Executions between two looks at the clock, once it is known that they are short. */
const LOOK_EVERY = 16;
/** Milliseconds that making findings small, or judging a sample, may take in any case. */
const AFTERWARDS = 60_000;

/** What a search has shown. */
export interface Explored {
  readonly result: ExploreResult;
  /** With `coverage`: what was carried out. */
  readonly operations: readonly OperationCount[];
}

/** Explores as the options say. @throws NeverReturned, NotDeterministic */
export function* exploring(
  tested: Tested,
  options: SettledOptions,
  more: Pick<ExploreOptions, "shrink" | "maxExecutions">,
): Generator<void, Explored> {
  const tally = options.coverage === true ? new OperationTally() : null;
  const search = new Search(tested.program, { ...exploreOptions(tested, options, tally), ...more });
  const limit = (options.maxStepSeconds ?? STEP_SECONDS) * 1000 + SLICE;
  while (!tested.watchdog.guard(() => search.advance(pauseAfter(SLICE)), limit)) yield;
  const result = tested.watchdog.guard(() => search.result(), AFTERWARDS + limit);
  return { result, operations: tally?.operations ?? [] };
}

/** What the judges see in executions that end well. */
export function judging(tested: Tested): { readonly executions: number; readonly findings: readonly JudgedFinding[] } {
  if (tested.judges.length === 0) return { executions: 0, findings: [] };
  return tested.watchdog.guard(() => judgeSample(tested.program, tested.judges, tested.simulation), AFTERWARDS);
}

/** Runs a search through without a pause. */
export function atOnce<T>(search: Generator<void, T>): T {
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

/** What is shown of a failure: one that a search met, or one that a judge noticed. */
export type ShownFinding = Pick<ExploredFinding, "outcome" | "choices" | "marks" | "preemptions" | "steps"> & {
  readonly provedLeast?: boolean;
  /** Default: adversarial. */
  readonly time?: "adversarial" | "measured";
};

function exploreOptions(tested: Tested, options: SettledOptions, tally: OperationTally | null): ExploreOptions {
  const { maxSeconds = SECONDS, strategy, maxExecutions, seed, preemptions, delays, depth } = options;
  const given = { strategy, maxExecutions, seed, preemptions, delays, depth };
  return {
    simulation: tested.simulation,
    now: () => performance.now(),
    maxMilliseconds: maxSeconds * 1000,
    ...(tally === null ? {} : { recorder: tally }),
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<typeof given>),
  } as ExploreOptions;
}

function pauseAfter(milliseconds: number): () => boolean {
  const end = performance.now() + milliseconds;
  let count = 0;
  const isLook = (): boolean => ++count % LOOK_EVERY === 0 || (count & (count - 1)) === 0;
  return () => isLook() && performance.now() >= end;
}
