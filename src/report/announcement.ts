// What a notify announced: what the notifier had changed of that which a waiter tests, and what the waiter saw of it.

import type { TraceEvent } from "#trace/event";
import { testedBefore } from "#report/predicate";
import { dataWords, objectWords, quoted, type Story } from "#report/story";
import { listed } from "#report/text";

/** What the notifier had changed of that which the waiter tests, and without which lock. */
export function unseenChange(story: Story, notify: TraceEvent, began: TraceEvent): string[] {
  const tests = testedBefore(story, began);
  const tested = new Set(tests.map((read) => read.objectNumber));
  const change = story.last(
    notify.index,
    (event) =>
      event.kind === "access" && event.thread === notify.thread && tested.has(event.objectNumber) && !event.inSetup,
  );
  if (change === undefined) return unannounced(story, tests, notify, began);
  // The test is the last look before the change: one that came earlier may have been for another purpose.
  const reads = tests.filter((each) => each.objectNumber === change.objectNumber);
  const read = reads.findLast((each) => each.index < change.index) ?? reads[0];
  const how = lockWords(story, began, change, notify);
  const before = read === undefined ? "" : `; ${quoted(began)} had read it ${story.whenAndWhere(read)}`;
  return [`What had changed: ${change.text}, set by ${quoted(change)} ${story.whenAndWhere(change)}, ${how}${before}.`];
}

// Where the trace shows no test, there may be one all the same: not all that the system shares is recorded.
function unannounced(story: Story, tests: readonly TraceEvent[], notify: TraceEvent, began: TraceEvent): string[] {
  const names = [...new Set(tests.map(dataWords))];
  const [first] = tests;
  if (first === undefined) return [];
  const tested = `${quoted(began)} had tested ${listed(names)}${story.where(first)}`;
  const late = story.events.find(
    ({ kind, index, thread, objectNumber }) =>
      kind === "access" &&
      index > notify.index &&
      thread === notify.thread &&
      tests.some((each) => each.objectNumber === objectNumber),
  );
  return [
    late === undefined
      ? `${tested}, which ${quoted(notify)} did not change: nothing could have told it of that notify.`
      : `${tested}, which ${quoted(notify)} changed only after its notify: ${late.text} ${story.whenAndWhere(late)}.`,
  ];
}

// With which lock something was changed. A wait that gives no lock back says nothing of which one it should have been.
function lockWords(story: Story, began: TraceEvent, change: TraceEvent, notify: TraceEvent): string {
  const unlocked = unlockOf(story, began);
  if (unlocked === undefined) {
    const held = new Map(
      story
        .ofKind("acquired")
        .filter(({ index, thread }) => thread === change.thread && index < change.index)
        .filter(({ objectNumber }) => story.holderAt(objectNumber, change.index) === change.thread)
        .map((event) => [event.objectNumber, objectWords(event)]),
    );
    return held.size === 0 ? "without any lock" : `with ${listed([...held.values()])}`;
  }
  const lock = objectWords(unlocked);
  const holds = (event: TraceEvent): boolean => story.holderAt(unlocked.objectNumber, event.index) === event.thread;
  if (!holds(change)) return `without ${lock}`;
  return holds(notify) ? `with ${lock}` : `with ${lock}, which it no longer held at its notify`;
}

/**
 * What undid a notify's change before the waiter looked: the waiter's test came after both, so it was not the notify
 * that it missed. Undefined when something that it tested stood as the notify announced it, or was tested before.
 */
export function undoneBefore(story: Story, notify: TraceEvent, began: TraceEvent): TraceEvent | undefined {
  let undone: TraceEvent | undefined;
  for (const read of testedBefore(story, began)) {
    const write = story.last(
      read.index,
      (event) => event.kind === "access" && event.objectNumber === read.objectNumber,
    );
    const announced = story.last(
      notify.index,
      (event) => event.kind === "access" && event.objectNumber === read.objectNumber && event.thread === notify.thread,
    );
    if (announced === undefined || announced.inSetup) continue;
    if (read.index < notify.index || write === undefined || write.index < notify.index) return undefined;
    undone = write;
  }
  return undone;
}

/** The lock that a wait gives back. */
export function unlockOf(story: Story, began: TraceEvent): TraceEvent | undefined {
  return story.last(
    began.index,
    (event) => event.kind === "unlocked" && event.thread === began.thread && event.step === began.step,
  );
}
