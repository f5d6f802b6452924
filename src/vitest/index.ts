// `lockstep/vitest`: scenarios as tests that run on every schedule.
//
// A test made here is one vitest test whose failure says what a finding says: the explanation, the interleaving in
// columns, and the command that leads there again. Importing this registers the matchers and the serializer of traces.

import { matchers } from "#vitest/matchers";
import { expect } from "#vitest/peer";
import { traceSerializer } from "#vitest/trace-serializer";

export { everySchedule, findsWithin, type EverySchedule, type FindsWithin } from "#vitest/schedule-tests";
export { test, type Laboratory } from "#vitest/fixtures";
export { traceLines, traceSerializer, type TraceSerializer } from "#vitest/trace-serializer";
export type { WantedOutcome } from "#vitest/check";
export type { Ending } from "#vitest/endings";
export type { LockstepMatchers } from "#vitest/matcher-types";
export type { WantedDeadlock } from "#vitest/matchers";
export type { ProjectOptions, ReportMode, ScheduleTestOptions } from "#vitest/options";
export type { Subject } from "#vitest/subject";
export type { FindingSummary, SearchSummary } from "#vitest/summary";

expect.extend(matchers);
expect.addSnapshotSerializer(traceSerializer as Parameters<typeof expect.addSnapshotSerializer>[0]);
