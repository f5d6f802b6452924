// `lockstep/vitest`: scenarios as tests that run on every schedule.
//
// A test made here is one vitest test whose failure says what a finding says: the explanation, the
// interleaving in columns, and the schedule that leads there again.

import { test } from "vitest";
import {
  absenceOf,
  failureOfSome,
  SECONDS,
  type ScheduleTestOptions,
  type Subject,
  type WantedOutcome,
} from "#vitest/check";

export type { ScheduleTestOptions, Subject, WantedOutcome } from "#vitest/check";

/**
 * A test that passes only if no schedule fails, and every one was explored.
 * `everySchedule("a blocked read returns", closeScenario)`
 */
export function everySchedule<State extends object>(
  name: string,
  subject: Subject<State>,
  options: ScheduleTestOptions = {},
): void {
  const place = placeOf(everySchedule);
  test(name, { timeout: testTimeout(options) }, () => failWith(place, failureOfSome(name, subject, options)));
}

/**
 * A test that passes only if a failure of this kind is found within `most` executions: it keeps a known bug.
 * `findsWithin(100, "the merged driver loses a wakeup", mergedClose, "deadlock")`
 */
export function findsWithin<State extends object>(
  most: number,
  name: string,
  subject: Subject<State>,
  outcome: WantedOutcome,
  options: ScheduleTestOptions = {},
): void {
  const place = placeOf(findsWithin);
  test(name, { timeout: testTimeout(options) }, () =>
    failWith(place, absenceOf(outcome, most, name, subject, options)),
  );
}

// A search that is out of time says what it has searched; vitest would only say that time is up.
function testTimeout({ maxSeconds = SECONDS }: ScheduleTestOptions): number {
  return maxSeconds * 1000 + 10_000;
}

/** An error whose stack leads to the caller of `helper`: where the test stands in the test file. */
function placeOf(helper: (...parameters: never[]) => unknown): Error {
  const place = new Error();
  Error.captureStackTrace(place, helper);
  return place;
}

function failWith(place: Error, message: string | null): void {
  if (message === null) return;
  place.message = message;
  place.stack = `Error: ${message}\n${(place.stack ?? "").split("\n").slice(1).join("\n")}`;
  throw place;
}
