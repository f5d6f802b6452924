// A change of what a waiting thread had tested, and whom the thread that made it told of it.

import { testedBefore } from "#report/predicate";
import { objectWords, quoted, type Story } from "#report/story";
import { beginningOf } from "#report/wakeup";
import type { TraceEvent } from "#trace/event";
import type { Waiting } from "#kernel/outcome";

const HOOK = "select hook of ";

/**
 * What another thread changed of that which this waiter had tested, after it had looked, and did not tell it: for a wait on
 * a condition variable by a notify, for one in select by its driver's pool.
 */
export function unannouncedChange(story: Story, waiting: Waiting): string[] {
  const looks = selectLooks(story, waiting.id);
  const began = beginningOf(story, waiting);
  if (looks === undefined && began === undefined) return [];
  const tests = looks ?? (began === undefined ? [] : purelyTested(story, began));
  const looked = new Map(tests.map((read) => [read.objectNumber, read.index]));
  const since = looks === undefined ? (began?.index ?? 0) : 0;
  const change = story.last(story.events.length, ({ kind, index, objectNumber }) => {
    return kind === "access" && index > Math.max(since, looked.get(objectNumber) ?? Number.POSITIVE_INFINITY);
  });
  if (change === undefined || change.thread === waiting.id) return [];
  const told = story.first(change.index, (event) =>
    looks === undefined
      ? event.kind === "notified" && event.objectNumber === waiting.objectNumber
      : event.kind === "read" && event.objectType === "select pool",
  );
  if (told !== undefined) return [];
  const read = tests.find(({ objectNumber }) => objectNumber === change.objectNumber);
  const before =
    looks === undefined || read === undefined ? "" : `; ${quoted(read)} had read it ${story.whenAndWhere(read)}`;
  return [
    `${quoted(change)} has changed what it waits for (${change.text}) ${story.whenAndWhere(change)}, and ${toldWords(story, change, looks !== undefined)}${before}.`,
  ];
}

// What was read to be changed is no test.
function purelyTested(story: Story, began: TraceEvent): TraceEvent[] {
  return testedBefore(story, began).filter(
    ({ index, objectNumber }) =>
      story.last(began.index, (event) => {
        const isOwn = event.kind === "access" && event.thread === began.thread && event.index > index;
        return isOwn && event.objectNumber === objectNumber;
      }) === undefined,
  );
}

// Whom it told in place of this waiter.
function toldWords(story: Story, change: TraceEvent, isSelect: boolean): string {
  const notify = story.first(change.index, ({ kind, thread }) => kind === "notified" && thread === change.thread);
  if (isSelect) return "notified nobody who waits in select after that";
  if (notify?.objectType !== "condition variable" || notify.value > 0) return "notified nobody after that";
  return `then notified ${objectWords(notify)} ${story.whenAndWhere(notify)}, where nobody waited`;
}

// What this thread had read in the select hooks through which it came to wait, if it waits in select now.
function selectLooks(story: Story, thread: number): TraceEvent[] | undefined {
  const own = story.events.filter((event) => event.thread === thread);
  const last = own.findLast(({ kind }) => kind === "enter" || kind === "leave");
  if (last?.kind !== "leave" || !last.text.startsWith(HOOK)) return undefined;
  const call = own.findLastIndex(({ kind, text }) => (kind === "enter" || kind === "leave") && !text.startsWith(HOOK));
  return own.slice(call + 1).filter((event) => event.kind === "read" && event.index < last.index);
}
