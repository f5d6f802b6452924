// Why nobody woke a thread: a notify that came too early, one that went to another thread, or none at all.
//
// A lost wakeup is a notify that found nobody, before the wait began, with nothing after it that wakes the
// waiter (facts: explorer.md, section C.4; a condition variable and a release of all waiters have no memory).

import type { TraceEvent } from "#trace/event";
import type { Waiting } from "#kernel/outcome";
import { undoneBefore, unlockOf, unseenChange } from "#report/announcement";
import { MISSED_SELECT_HINT, missedSelect, missedSelectSentences } from "#report/select-wakeup";
import { objectWords, quoted, type Story } from "#report/story";
import { counted, listed } from "#report/text";

/** What is known about a wake-up that never came. */
export interface MissingWakeup {
  /** A notify found nobody and the wait began after it. */
  readonly lost: boolean;
  readonly sentences: readonly string[];
  readonly hints: readonly string[];
}

/** Why nobody woke this thread from its condition variable or semaphore; null when it waits for something else. */
export function missingWakeup(story: Story, waiting: Waiting): MissingWakeup | null {
  if (waiting.objectType !== "condition variable" && waiting.objectType !== "semaphore") return null;
  const missed = missedSelect(story, waiting);
  if (missed !== null)
    return { lost: true, sentences: missedSelectSentences(story, missed), hints: [MISSED_SELECT_HINT] };
  const lost = lostNotifyOf(story, waiting);
  if (lost !== null) return lostWakeup(story, waiting, lost.began, lost.notify);
  const began = beginningOf(story, waiting);
  const notifies = story.ofKind("notified").filter((event) => event.objectNumber === waiting.objectNumber);
  return waiting.objectType === "semaphore" ? noRelease(story, waiting) : noNotify(story, waiting, began, notifies);
}

/** The notify that found nobody, and the wait that came after it and has not ended; null when this wait has missed none. */
export function lostNotifyOf(story: Story, waiting: Waiting): { notify: TraceEvent; began: TraceEvent } | null {
  const began = beginningOf(story, waiting);
  if (began === undefined) return null;
  const notify = lostNotify(story, began);
  return notify === undefined ? null : { notify, began };
}

/** A notify of one waiter that woke a thread which could not go on, and so was of no use to the one that waits still. */
export interface WastedNotify {
  readonly notify: TraceEvent;
  /** The wait of the thread that was woken, after it had looked. */
  readonly again: TraceEvent;
  /** The wait that was passed over. */
  readonly began: TraceEvent;
}

/** The notify that went to the wrong waiter while this one waited; null when there is none. */
export function wastedNotifyOf(story: Story, waiting: Waiting): WastedNotify | null {
  const began = beginningOf(story, waiting);
  if (began === undefined || waiting.objectType !== "condition variable") return null;
  for (const notify of story.ofKind("notified").toReversed()) {
    const isMissed = notify.objectNumber === began.objectNumber && notify.index > began.index;
    if (!isMissed || notify.text !== "one" || notify.value !== 1) continue;
    const woken = story.last(notify.index, (event) => event.kind === "woken" && event.step === notify.step);
    const again = woken === undefined ? undefined : waitsAgain(story, woken);
    if (again !== undefined) return { notify, again, began };
  }
  return null;
}

// The next wait of a thread for that of which it was woken, if it has changed nothing in between.
function waitsAgain(story: Story, woken: TraceEvent): TraceEvent | undefined {
  const next = story.first(
    woken.index + 1,
    (event) => event.thread === woken.thread && (event.kind === "access" || event.kind === "blocked"),
  );
  return next?.kind === "blocked" && next.objectNumber === woken.objectNumber ? next : undefined;
}

/** Whether a notify came too early for this thread, or went to one that could not go on. */
export function missesWakeup(story: Story, waiting: Waiting): boolean {
  return [missedSelect, lostNotifyOf, wastedNotifyOf].some((each) => each(story, waiting) !== null);
}

/** Where this thread began the wait in which it is. */
export function beginningOf(story: Story, waiting: Waiting): TraceEvent | undefined {
  return story.last(
    story.events.length,
    (event) => event.kind === "blocked" && event.thread === waiting.id && event.objectNumber === waiting.objectNumber,
  );
}

function lostNotify(story: Story, began: TraceEvent): TraceEvent | undefined {
  const notifies = story.ofKind("notified").filter((event) => event.objectNumber === began.objectNumber);
  const wokenBefore = story.last(
    began.index,
    (event) => event.kind === "woken" && event.thread === began.thread && event.objectNumber === began.objectNumber,
  );
  const since = wokenBefore?.index ?? -1;
  return notifies.findLast((event) => {
    const isBetween = event.index > since && event.index < began.index;
    if (event.value !== 0 || !isBetween || (event.inSetup && began.inSetup)) return false;
    return undoneBefore(story, event, began) === undefined;
  });
}

function lostWakeup(story: Story, waiting: Waiting, began: TraceEvent, notify: TraceEvent): MissingWakeup {
  const what = objectWords(waiting);
  const semaphore = waiting.objectType === "semaphore";
  const whom = notify.text === "all" ? "all waiters of" : "those who waited for";
  const did = semaphore
    ? `released ${whom} ${what}`
    : `notified ${notify.text === "all" ? "all waiters of" : "one waiter of"} ${what}`;
  const rule = semaphore
    ? `a release of ${notify.text === "all" ? "all waiters" : "waiters only"} stores nothing`
    : "a condition variable does not remember a notify";
  const sentences = [
    `Lost wakeup: ${quoted(notify)} ${did} ${story.whenAndWhere(notify)}, and found nobody waiting; ${rule}.`,
    `"${waiting.thread}" began to wait only after that, ${story.whenAndWhere(began)}, and nothing has woken it since.`,
  ];
  sentences.push(...unseenChange(story, notify, began));
  return { lost: true, sentences, hints: [semaphore ? SEMAPHORE_HINT : lockHint(story, waiting, began, notify)] };
}

const SEMAPHORE_HINT =
  "Set a flag under a lock before the release, and test it under that lock before each acquire; or release a count, which a semaphore keeps.";

// The lock that the wait gives back is the one under which its condition is tested.
function lockHint(story: Story, waiting: Waiting, began: TraceEvent, notify: TraceEvent): string {
  const unlocked = unlockOf(story, began);
  if (unlocked === undefined && addedBefore(story, began)) {
    return `From the moment at which an entry is added a notify is remembered: add it before the test, or in one stretch with it under the lock with which what it reads is changed.`;
  }
  if (unlocked === undefined) {
    return `Wait with a lock, and change what the wait's test reads under that lock before the notify.`;
  }
  const lock = objectWords(unlocked);
  if (story.holderAt(unlocked.objectNumber, notify.index) === notify.thread) {
    return `The notify holds ${lock}, so "${waiting.thread}" tested its condition afterwards and waited all the same: let the test see what the notify announces (a flag such as "closing").`;
  }
  return `The notify does not hold ${lock}, which the wait gives back: a thread that has made its test and not yet begun to wait never hears it. Set what the test reads (a flag such as "closing") and notify, both under ${lock}.`;
}

// Whether this is the wait of an entry, which was added to the variable earlier.
function addedBefore(story: Story, began: TraceEvent): boolean {
  const step = story.last(
    began.index,
    (event) =>
      event.kind === "step" &&
      event.thread === began.thread &&
      event.step < began.step &&
      event.objectNumber === began.objectNumber,
  );
  return step?.text === "add entry";
}

function noNotify(
  story: Story,
  waiting: Waiting,
  began: TraceEvent | undefined,
  notifies: readonly TraceEvent[],
): MissingWakeup {
  const what = objectWords(waiting);
  const beganWords = began === undefined ? "" : ` "${waiting.thread}" began to wait ${story.whenAndWhere(began)}.`;
  const explored = notifies.filter((event) => !event.inSetup);
  if (explored.length === 0) {
    const hint = `Whoever changes what "${waiting.thread}" waits for, or closes what it waits on, must notify ${what}.`;
    return { lost: false, sentences: [`Nobody ever notifies ${what}.${beganWords}`], hints: [hint] };
  }
  const after = explored.filter((event) => began !== undefined && event.index > began.index && event.value > 0);
  if (after.length > 0) {
    const others = after.map((event) => `${wokenBy(story, event)} (${story.whenAndWhere(event)})`);
    return {
      lost: false,
      sentences: [
        `Since "${waiting.thread}" began to wait, ${what} was notified for others: ${listed(others)}.${beganWords}`,
      ],
      hints: [
        "A notify of one waiter must wake one that can go on: notify all, or use a condition variable for each condition.",
      ],
    };
  }
  return { lost: false, ...lastNotify(story, waiting, began, explored) };
}

// The waiter was woken before, and waits again; or others were, before it came.
function lastNotify(
  story: Story,
  waiting: Waiting,
  began: TraceEvent | undefined,
  notifies: readonly TraceEvent[],
): Pick<MissingWakeup, "sentences" | "hints"> {
  const what = objectWords(waiting);
  const last = notifies.at(-1);
  if (last === undefined || began === undefined) return { sentences: [`Nobody notifies ${what} any more.`], hints: [] };
  const woke = last.value === 0 ? "found nobody" : `woke ${wokenBy(story, last)}`;
  const since = `"${waiting.thread}" began to wait ${story.whenAndWhere(began)}, and nobody notifies ${what} any more.`;
  const sentences = [`The last notify of ${what}, by ${quoted(last)} ${story.whenAndWhere(last)}, ${woke}.`];
  const undone = last.value === 0 && last.index < began.index ? undoneBefore(story, last, began) : undefined;
  if (undone !== undefined) {
    sentences.push(
      `What it announced was gone when "${waiting.thread}" looked: ${undone.text}, set by ${quoted(undone)} ${story.whenAndWhere(undone)}.`,
    );
  }
  sentences.push(since);
  const wasWoken = last.text === "all" && last.value > 0 && wokenBy(story, last).includes(`"${waiting.thread}"`);
  if (!wasWoken) return { sentences, hints: [] };
  const hint = `"${waiting.thread}" heard that notify, tested its condition and waited again: let the test see what the notify announces (a flag such as "closing").`;
  return { sentences, hints: [hint] };
}

function wokenBy(story: Story, notify: TraceEvent): string {
  const names = story.events
    .filter(
      (event) => event.kind === "woken" && event.step === notify.step && event.objectNumber === notify.objectNumber,
    )
    .map((event) => `"${event.threadName}"`);
  return names.length === 0 ? counted(notify.value, "thread") : listed(names);
}

// A semaphore keeps what is released: somebody has taken and not given back, or nobody ever gave.
function noRelease(story: Story, waiting: Waiting): MissingWakeup {
  const what = objectWords(waiting);
  const on = (text: string) => (event: TraceEvent) =>
    event.kind === "step" && event.objectNumber === waiting.objectNumber && event.text === text;
  const end = story.events.length;
  const released = story.last(end, on("release"));
  const taken = story.last(end, (event) => on("acquire")(event) && !story.blocksIn(event));
  const takenWords =
    taken === undefined ? "" : ` ${quoted(taken)} was the last to acquire it, ${story.whenAndWhere(taken)}.`;
  const sentence =
    released === undefined
      ? `Nobody ever releases ${what}.${takenWords}`
      : `Nobody releases ${what} any more.${takenWords} ${quoted(released)} was the last to release it, ${story.whenAndWhere(released)}.`;
  const hint = `An acquire of ${what} needs a release on every way that can follow, errors and kills included.`;
  return { lost: false, sentences: [sentence], hints: taken === undefined ? [] : [hint] };
}
