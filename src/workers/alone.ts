// A search on the main thread, in slices, so that the process can hear what else is said to it.

import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import type { Ran, Running } from "#workers/on-cores";
import type { Watchdog } from "#workers/watchdog";

/** Milliseconds of exploring between two looks at the rest of the process. */
const SLICE = 40;
/** Executions between two looks at the clock, once it is known that they are short. */
const LOOK_EVERY = 16;
/** Milliseconds after which a slice, which ends with an execution, will never end: that execution's code hangs. */
export const HANGING = 10_000;

/** Explores until it is over, or is stopped. @param until asked between slices; it goes on elsewhere when that is so */
export async function goOnAlone(running: Running, from: Standing | null, until = (): boolean => false): Promise<Ran> {
  const { program, watchdog, options, signal } = running;
  const standing = from === null ? undefined : { ...from, bound: null, exhausted: false };
  const search = new Search(program, options, standing === undefined ? {} : { standing });
  while (signal?.aborted !== true && !until() && !(await slice(search, undefined, watchdog, running.hangingAfter))) {
    running.onProgress({ ...search.progress(), fraction: search.fraction, workers: 1 });
  }
  const { exhausted, bound } = search.standing();
  const isStopped = bound === null && !exhausted && signal?.aborted === true;
  return { standing: search.standing(isStopped ? "interrupted" : bound), work: null, workers: 1 };
}

/**
 * Goes on for a moment; true when the search is over.
 * @param mayGoOn asked before each execution
 * @param watchdog of the search's program; without one, code that never comes back keeps this thread for ever
 * @param hangingAfter milliseconds
 */
export async function slice(
  search: Search,
  mayGoOn: () => boolean = () => true,
  watchdog?: Watchdog,
  hangingAfter = HANGING,
): Promise<boolean> {
  const end = performance.now() + SLICE;
  let count = 0;
  const isLook = (): boolean => ++count % LOOK_EVERY === 0 || (count & (count - 1)) === 0;
  // Who may go on has used up his turn to do so: the clock is asked first.
  const pause = (): boolean => (isLook() && performance.now() >= end) || !mayGoOn();
  const advance = (): boolean => search.advance(pause);
  const isOver = watchdog === undefined ? advance() : watchdog.guard(advance, hangingAfter);
  // What the process was told meanwhile, a signal for instance, is heard now.
  await setImmediate();
  return isOver;
}
