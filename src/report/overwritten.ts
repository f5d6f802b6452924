// An announcement that its own waiter has wiped out: a worker that clears its flag after the work, and not before it, forgets
// what was asked of it meanwhile.
//
// Seen in a trace as a write by the waiter over what another thread had written to tell it something, without a look at it in
// between; the waiter then tests that very data, and waits. Told only where the other thread waits for ever since then.

import type { Outcome, Waiting } from "#kernel/outcome";
import { testedBefore } from "#report/predicate";
import { objectWords, quoted, type Story } from "#report/story";
import { beginningOf } from "#report/wakeup";
import type { TraceEvent } from "#trace/event";

export interface Overwritten {
  /** What another thread had set, and its notify, which told the waiter of it or found nobody. */
  readonly change: TraceEvent;
  readonly notify: TraceEvent;
  /** What the waiter set in its place. */
  readonly over: TraceEvent;
  /** The wait that came after that. */
  readonly began: TraceEvent;
}

/** What each thread that waits at the end has overwritten in this way. */
export function overwrittenIn(story: Story, outcome: Outcome): Overwritten[] {
  return outcome.waiting.flatMap((waiting) => overwrittenBy(story, waiting, outcome) ?? []);
}

function overwrittenBy(story: Story, waiting: Waiting, { waiting: all }: Outcome): Overwritten | null {
  const began = waiting.objectType === "condition variable" ? beginningOf(story, waiting) : undefined;
  if (began === undefined) return null;
  for (const { objectNumber, index } of testedBefore(story, began)) {
    const over = lastWrite(story, objectNumber, index);
    const change = over === undefined ? undefined : lastWrite(story, objectNumber, over.index);
    if (over === undefined || change === undefined || change.inSetup || over.text === change.text) continue;
    const isOwn = over.thread === waiting.id && change.thread !== waiting.id;
    const announcer = all.find(({ id, daemon }) => id === change.thread && !daemon);
    const notify = story.first(change.index, ({ kind, thread, objectNumber: number }) => {
      return kind === "notified" && thread === change.thread && number === waiting.objectNumber;
    });
    if (!isOwn || announcer === undefined || notify === undefined || notify.index > over.index) continue;
    const looked = story.first(change.index, (event) => {
      return event.kind === "read" && event.thread === waiting.id && event.objectNumber === objectNumber;
    });
    const waits = beginningOf(story, announcer);
    if ((looked?.index ?? 0) > over.index && (waits?.index ?? 0) > change.index) return { change, notify, over, began };
  }
  return null;
}

function lastWrite(story: Story, objectNumber: number, before: number): TraceEvent | undefined {
  return story.last(before, (event) => event.kind === "access" && event.objectNumber === objectNumber);
}

/** What happened, in order. */
export function overwrittenSentences(story: Story, { change, notify, over, began }: Overwritten): string[] {
  const found = notify.value === 0 ? ", where nobody waited" : "";
  return [
    `${quoted(change)} set ${change.text} ${story.whenAndWhere(change)}, and notified ${objectWords(notify)} ${story.whenAndWhere(notify)}${found}.`,
    `${quoted(over)} then set ${over.text} ${story.whenAndWhere(over)}, without having looked at it since, and waited for ${objectWords(began)} again ${story.whenAndWhere(began)}: what had been announced was forgotten.`,
  ];
}

/** What to do about it. */
export function overwrittenHint({ over }: Overwritten): string {
  return `Clear what announces work (here ${over.text}) when the work is taken, under the lock and before it is given back, not once the work is done; or count what is asked, and what is done.`;
}
