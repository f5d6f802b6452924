// A user's code under watch: whatever a command runs, code that never comes back ends in a message and not in a command that
// never ends.

import type { OptionText } from "#cli/command";
import { positiveNumber, type RawOptions } from "#cli/options";
import type { Program } from "#explore/execution";
import type { ExploreOptions, ExploreResult } from "#explore/explorer";
import { Search } from "#explore/search";
import type { Costs } from "#kernel/costs";
import { HANGING } from "#workers/alone";
import { Watchdog } from "#workers/watchdog";

export const STEP_OPTION: OptionText = {
  usage: "--max-step-seconds <n>",
  about: `seconds that code may take to reach its next operation (default ${HANGING / 1000})`,
};

/** Milliseconds of exploring between two looks at the watch. */
const SLICE = 200;

/** Milliseconds that code may take without an operation. @throws InputError for a value that does not fit */
export function readStepLimit(options: RawOptions): number {
  return (positiveNumber(options, "maxStepSeconds", "seconds") ?? HANGING / 1000) * 1000;
}

/**
 * What `work` gives, which runs the program that it is given, and may be begun again.
 * @param milliseconds that code may take without an operation
 * @param costs the program's own, where it is run in measured time
 * @throws NeverReturned when code takes longer
 */
export function underWatch<T>(
  program: Program,
  work: (watched: Program) => T,
  milliseconds: number = HANGING,
  costs?: Costs,
): T {
  const watchdog = new Watchdog(program, costs);
  return watchdog.guardLong(() => work(watchdog.program), milliseconds);
}

/** Explores as `explore` does, under watch. @throws NeverReturned */
export function exploreUnderWatch(program: Program, options: ExploreOptions): ExploreResult {
  const watchdog = new Watchdog(program);
  const search = new Search(watchdog.program, options);
  let isOver = false;
  while (!isOver) {
    const end = performance.now() + SLICE;
    isOver = watchdog.guard(() => search.advance(() => performance.now() >= end), SLICE + HANGING);
  }
  // Making findings small tries schedules that nobody has run yet.
  return watchdog.guardLong(() => search.result(), HANGING);
}
