// The timeline of a test's failure, as the page that `lockstep report` writes.

import { passingBeside } from "#page-file/beside";
import { observe } from "#page-file/observer";
import { asItEnded, pageFileOf, type ShownExecution } from "#page-file/page-file";
import { formatSchedule, type Schedule } from "#trace/schedule";
import { replayCommand, type TestPlace } from "#vitest/command";
import type { Tested } from "#vitest/subject";

/** Executions that are tried at most to find one that passes: a test waits for its report. */
const COMPANION_TRIES = 300;
/** Milliseconds that code may take without an operation. */
const HANGING_MS = 10_000;

/**
 * Runs the schedule once more, observed, and draws it beside one that passes, where there is one.
 * @param searched what was searched, in a sentence
 */
export function pageOfFailure(
  { name, about, program, simulation, watchdog }: Tested,
  { schedule, verdicts, outcome }: Pick<ShownExecution, "schedule" | "verdicts" | "outcome">,
  place: TestPlace | null,
  searched: string,
): string {
  const token = formatSchedule(schedule);
  const shownOf = (other: Schedule): ShownExecution => ({
    ...observe(program, { ...other, simulation }),
    schedule: other,
    token: formatSchedule(other),
    verdicts,
    outcome,
  });
  const words = {
    scenario: name,
    about,
    searched,
    replay: replayCommand(token, place),
    isBesideOpen: false,
    entry: place?.file ?? null,
  };
  const { marks } = schedule;
  return watchdog.guardLong(() => {
    const passing = passingBeside(program, schedule, { simulation, marks }, COMPANION_TRIES);
    return pageFileOf(shownOf(schedule), passing === null ? null : asItEnded(shownOf(passing)), words);
  }, HANGING_MS);
}
