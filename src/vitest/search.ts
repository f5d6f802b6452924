// The searches behind `lockstep/vitest`: each a generator that pauses now and then, so that a test can let vitest breathe,
// and a matcher can run it through at once.

import type { OperationCount } from "#explore/coverage";
import { OperationTally } from "#explore/coverage";
import type { ExploredFinding, ExploreOptions, ExploreResult } from "#explore/explorer";
import { Search } from "#explore/search";
import { searchOfAccesses } from "#judges/accesses";
import { dataRace } from "#judges/data-race";
import { judgeSample, type Judgement, type RacyData } from "#judges/sample";
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
  const result = yield* searching(tested, options, { ...exploreOptions(tested, options, tally), ...more });
  return { result, operations: tally?.operations ?? [] };
}

/** A search with points before the accesses to data that races. */
export interface ExploredAgain {
  readonly racy: readonly RacyData[];
  readonly result: ExploreResult;
}

/**
 * Explores again with points before the accesses to data that races, as the options say; null where that is not done.
 * @throws NeverReturned, NotDeterministic
 */
export function* exploringAccesses(
  tested: Tested,
  options: SettledOptions,
  { first, judged }: { readonly first: ExploreResult; readonly judged: Judgement | null },
  more: Pick<ExploreOptions, "shrink" | "maxExecutions">,
): Generator<void, ExploredAgain | null> {
  if (judged === null) return null;
  // What races only within the simulated system is nobody's finding.
  const isTold = ({ name }: RacyData): boolean =>
    judged.findings.some(({ verdict }) => verdict.judge === dataRace.name && verdict.subject === name);
  const racy = judged.racy.filter(isTold);
  const wish = { racy, first, how: options.accesses ?? "auto" };
  const again = searchOfAccesses(wish, { ...exploreOptions(tested, options, null), ...more });
  return again === null ? null : { racy, result: yield* searching(tested, options, again) };
}

function* searching(tested: Tested, options: SettledOptions, how: ExploreOptions): Generator<void, ExploreResult> {
  const search = new Search(tested.program, how);
  const limit = (options.maxStepSeconds ?? STEP_SECONDS) * 1000 + SLICE;
  while (!tested.watchdog.guard(() => search.advance(pauseAfter(SLICE)), limit)) yield;
  return tested.watchdog.guard(() => search.result(), AFTERWARDS + limit);
}

/** What the judges see in executions that end well. */
export function judging(tested: Tested): Judgement {
  if (tested.judges.length === 0) return { executions: 0, findings: [], racy: [] };
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
