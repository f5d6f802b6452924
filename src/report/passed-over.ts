// A notify of one waiter where several could go on: the one that it woke has taken nothing away, and the others are still there.
//
// Seen in a trace: after the wait had begun another thread changed what its test had read, and notified one waiter, which was
// another one; since then nobody has changed that data again. So what the notify announced holds for this waiter, too.

import type { Waiting } from "#kernel/outcome";
import { testedBefore } from "#report/predicate";
import type { Story } from "#report/story";
import { beginningOf } from "#report/wakeup";
import type { TraceEvent } from "#trace/event";

export interface PassedOver {
  /** What was announced, and stands. */
  readonly change: TraceEvent;
  readonly notify: TraceEvent;
  readonly woken: TraceEvent;
  readonly began: TraceEvent;
}

/** The notify that was this waiter's, too, and did not reach it; null when there is none. */
export function passedOverOf(story: Story, waiting: Waiting): PassedOver | null {
  const began = beginningOf(story, waiting);
  if (began === undefined || waiting.objectType !== "condition variable") return null;
  const tested = new Set(testedBefore(story, began).map(({ objectNumber }) => objectNumber));
  const changes = story
    .ofKind("access")
    .filter(({ index, objectNumber }) => index > began.index && tested.has(objectNumber));
  const [change] = changes;
  if (change === undefined || changes.length > 1 || change.thread === waiting.id) return null;
  const notify = story.first(change.index, (event) => {
    return event.kind === "notified" && event.objectNumber === began.objectNumber;
  });
  if (notify?.text !== "one" || notify.value !== 1 || notify.thread !== change.thread) return null;
  const woken = story.last(notify.index, (event) => event.kind === "woken" && event.step === notify.step);
  return woken === undefined || woken.thread === waiting.id ? null : { change, notify, woken, began };
}
