// Whose code did something, a driver's, a scenario's, or the simulated system's own, and where.

import { isSystemFile, placeWords, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/**
 * Whether the system itself did this, and not code that merely called it: the innermost frame outside locks and heap is
 * the system's. How Haiku's own parts share their state is no driver's matter. False where the trace has no stack.
 */
export function isSystems(story: Story, event: TraceEvent): boolean {
  const frame = story.framesAt(event).find((each) => !/^src\/(kernel|sync|trace)\//.test(each.file));
  return frame !== undefined && isSystemFile(frame.file);
}

/** Where something was done, to follow a verb in a message: ` in tun_close (drivers/tun/tun.ts:24)`, or empty. */
export function at(story: Story, event: TraceEvent): string {
  const frame = story.placeOf(event);
  return frame === null ? "" : ` ${placeWords(frame)}`;
}

/** Whether this step is the end of a sleep or a timed wait, and no operation that somebody begins. */
export function isEndOfSleep(story: Story, step: TraceEvent): boolean {
  return story.events[step.index + 1]?.kind === "expired";
}
