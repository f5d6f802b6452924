// Exploring on all cores: begins on the main thread, and goes on in worker threads once it turns out long.
//
// Who starts no thread pays for none. What is found is what one worker finds: a walk through the tree is divided into parts
// that share no execution (src/explore/partition/tree-work.ts), lots are drawn in chunks whose order does not matter
// (lots-work.ts). A search that a limit ends before its end may have done other parts of it than one worker would have.

import { performance } from "node:perf_hooks";
import type { Program } from "#explore/execution";
import { type Bound, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { makeStrategy } from "#explore/make-strategy";
import type { Roots, SavedWork } from "#explore/partition/tree-work";
import { EXECUTIONS_MOST, Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import { drawsLots, isGiving, walksTree, WHOLE_TREE } from "#explore/strategy";
import { drawLots } from "#workers/draw-lots";
import { goOnAlone, HANGING } from "#workers/alone";
import { canStartWorkers } from "#workers/pool";
import type { ProgramSource } from "#workers/program-source";
import { walkTree } from "#workers/walk-tree";
import { Watchdog } from "#workers/watchdog";

export interface CoresOptions {
  /** Threads at work at most, the main thread included; with 1 everything happens there. Default 1. */
  readonly workers?: number;
  /** Where a worker finds the program; without it everything happens on the main thread. */
  readonly source?: ProgramSource;
  /**
   * Milliseconds after which workers are started; 0 for at once, and nothing is explored without them. Default 400, and with a strategy that
   * gives just the same result only on one core (dpor, source) the first second, and 500 executions, are explored there in any case.
   */
  readonly fanOutAfter?: number;
  /** Stops the search; it can be gone on with from `saved`. */
  readonly signal?: AbortSignal;
  /** Goes on there. The program and the options are the same as then. */
  readonly resume?: SavedSearch;
  /** Only this part of the tree is explored; for a part of a search that is done on many machines. */
  readonly share?: TreeShare;
  readonly onProgress?: (progress: CoresProgress) => void;
  /** Milliseconds that code may take without reaching an operation, in any thread. Default 10,000. */
  readonly hangingAfter?: number;
}

/** Which parts of the tree are to be explored, given the marks. */
export type TreeShare = (marks: readonly number[]) => Roots;

/** How far a search has come. */
export interface CoresProgress {
  readonly executions: number;
  readonly blocked: number;
  readonly findings: number;
  /** How much of the tree is explored, 0 to 1; null where nobody knows. */
  readonly fraction: number | null;
  readonly workers: number;
}

/** A search that was put aside; plain JSON. */
export interface SavedSearch {
  readonly milliseconds: number;
  /** Of a walk through the tree. */
  readonly work: SavedWork | null;
  /** Of any other search. */
  readonly standing: Standing | null;
}

/** Why a search that might have used more cores did not. */
export type OneCore = "inline" | "not built" | "strategy";

export interface CoresResult {
  readonly result: ExploreResult;
  /** Where it stands; null when the strategy cannot be put aside. */
  readonly saved: SavedSearch | null;
  /** Whether there is something left, to go on with from there. */
  readonly isLeft: boolean;
  /** Threads that were at work, the main thread included; 1 when all was done there. */
  readonly workers: number;
  /** Null when it used them, or would have, had it taken longer. */
  readonly oneCore: OneCore | null;
  /** The marks with which it ended. */
  readonly marks: readonly number[];
}

/** What the ways to explore have in common. */
export interface Running {
  readonly program: Program;
  /** Of this program, on this thread. */
  readonly watchdog: Watchdog;
  /** Milliseconds. */
  readonly hangingAfter: number;
  readonly options: ExploreOptions;
  readonly workers: number;
  readonly source: ProgramSource | null;
  /** Milliseconds of `performance.now()`: when workers are started, and when they are given something at the earliest. */
  readonly fanOutAt: number;
  readonly shareAt: number;
  /** Executions that are made on the main thread in any case. */
  readonly shareFrom: number;
  /** Whether nothing is to be explored before the workers are there. */
  readonly waitsForWorkers: boolean;
  readonly until: number;
  readonly most: number;
  readonly signal: AbortSignal | null;
  readonly onProgress: (progress: CoresProgress) => void;
}

/** What a way to explore gives back. */
export interface Ran {
  readonly standing: Standing;
  readonly work: SavedWork | null;
  readonly workers: number;
}

const FAN_OUT_AFTER = 400;
const SHARE_AFTER = 1_000;
/** A search that is over before that is the same each time, on a slow machine, too. */
const SHARE_FROM = 500;

/** Explores `program`; `options.now` is not needed, and `onExecution` is called on the main thread's executions only. */
export async function exploreOnCores(
  program: Program,
  options: ExploreOptions,
  cores: CoresOptions = {},
): Promise<CoresResult> {
  const began = performance.now();
  const before = cores.resume?.milliseconds ?? 0;
  const timed: ExploreOptions = { ...options, now: () => performance.now() };
  const oneCore = whyOneCore(timed, cores);
  const watchdog = new Watchdog(program);
  // Whether who comes first upon a failure does not depend on the moment.
  const isRepeatable = !isGiving(makeStrategy(timed));
  const running: Running = {
    program: watchdog.program,
    watchdog,
    hangingAfter: cores.hangingAfter ?? HANGING,
    options: timed,
    workers: oneCore === null ? (cores.workers ?? 1) : 1,
    source: cores.source ?? null,
    fanOutAt: began + (cores.fanOutAfter ?? FAN_OUT_AFTER),
    shareAt: began + (cores.fanOutAfter ?? (isRepeatable ? FAN_OUT_AFTER : SHARE_AFTER)),
    shareFrom: cores.fanOutAfter !== undefined || isRepeatable ? 0 : SHARE_FROM,
    waitsForWorkers: cores.fanOutAfter === 0,
    until: began + (options.maxMilliseconds ?? Number.POSITIVE_INFINITY),
    most: options.maxExecutions ?? EXECUTIONS_MOST,
    signal: cores.signal ?? null,
    onProgress: cores.onProgress ?? (() => {}),
  };
  const { standing, work, workers } = await run(running, cores);
  const milliseconds = before + performance.now() - began;
  // Making findings small tries schedules that nobody has run yet.
  const described = (): ExploreResult =>
    new Search(running.program, timed, { standing: { ...standing, milliseconds } }).result();
  const result = watchdog.guardLong(described, running.hangingAfter);
  const isLeft = !standing.exhausted && standing.bound !== "steps" && !isWithinBound(standing.bound);
  const canBeSaved = work !== null || standing.strategy !== undefined;
  const saved = { milliseconds, work, standing: work === null ? standing : null };
  return { result, saved: canBeSaved ? saved : null, isLeft, workers, oneCore, marks: standing.marks };
}

async function run(running: Running, { share, resume }: CoresOptions): Promise<Ran> {
  const strategy = makeStrategy(running.options);
  if (walksTree(strategy)) {
    const all: TreeShare = (marks) => ({ marks, parts: [WHOLE_TREE], blocked: 0, others: [] });
    return await walkTree(running, share ?? all, resume?.work ?? null);
  }
  const standing = resume?.standing ?? null;
  if (running.workers > 1 && drawsLots(strategy)) return await drawLots(running, standing);
  return await goOnAlone(running, standing);
}

function whyOneCore(options: ExploreOptions, { workers = 1, source }: CoresOptions): OneCore | null {
  if (workers <= 1) return null;
  const strategy = makeStrategy(options);
  if (!walksTree(strategy) && !drawsLots(strategy)) return "strategy";
  if (source === undefined || (options.onExecution ?? options.recorder) !== undefined) return "inline";
  return canStartWorkers() ? null : "not built";
}

// The strategy's own bounds are reached when nothing within them is left.
function isWithinBound(bound: Bound | null): boolean {
  return bound === "preemptions" || bound === "delays";
}
