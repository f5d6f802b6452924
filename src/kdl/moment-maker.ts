// Making a moment: the execution again, up to a step.

import { Collector } from "#kdl/collector";
import { Halt } from "#kdl/halt";
import { Moment } from "#kdl/moment";
import { runTo } from "#kdl/recording";
import type { Timeline } from "#kdl/timeline";

/** The moment after step `step` of this execution; the last one is its end. */
export function momentOf(timeline: Timeline, step: number): Moment {
  const { last, setup, subject, choices } = timeline;
  const halt = new Halt(step >= last ? Number.POSITIVE_INFINITY : step, step < setup);
  const collector = new Collector();
  return new Moment(timeline, step, runTo(subject, choices, halt, collector), halt, collector);
}
