// What a thread had tested before it began to wait: the plain reads that led it there.

import type { Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/**
 * The reads of shared data (and of atomics) by which the thread of this wait came to wait: since it took the lock that
 * the wait gives back, or was last woken, or came into the kernel, whichever is latest. Oldest first.
 */
export function testedBefore(story: Story, wait: TraceEvent): readonly TraceEvent[] {
  const reads: TraceEvent[] = [];
  for (let place = wait.index - 1; place >= 0; place--) {
    const event = story.events[place];
    if (event === undefined || event.thread !== wait.thread) continue;
    if (beginsAnew(event, wait)) break;
    if (event.kind === "read" || (event.kind === "step" && event.text === "atomic get")) reads.unshift(event);
  }
  return reads;
}

function beginsAnew(event: TraceEvent, wait: TraceEvent): boolean {
  if (event.step === wait.step) return false; // the wait itself
  return (
    event.kind === "acquired" ||
    event.kind === "woken" ||
    event.kind === "blocked" ||
    event.kind === "enter" ||
    event.kind === "leave"
  );
}

/**
 * The numbers of the objects on which a deadlock turned: what its waiting threads had tested before they began to wait, as
 * far as somebody has written it since exploring began.
 */
export function decidingObjects(story: Story): ReadonlySet<number> {
  const written = new Set<number>();
  for (const event of story.events) {
    if (event.kind === "access" && !event.inSetup && event.step > 0) written.add(event.objectNumber);
  }
  const deciding = new Set<number>();
  for (const waiting of story.ofKind("waiting")) {
    const began = story.last(waiting.index, (event) => event.kind === "blocked" && event.thread === waiting.thread);
    if (began === undefined) continue;
    for (const read of testedBefore(story, began)) if (written.has(read.objectNumber)) deciding.add(read.objectNumber);
  }
  return deciding;
}
