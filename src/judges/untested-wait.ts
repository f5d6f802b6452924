// A wait whose predicate is not tested again: `if (...) yield* cv.wait(...)`, where `while` is meant.
//
// Between a notify and the waiter's going on, another thread may take what was announced. So whoever comes back from a wait
// tests again, at the same place in the code, what sent him there. Judged where the trace shows all of it: the test before
// the wait (plain reads and atomics), a wake-up with B_OK, and then a change of the tested data, or the lock's unlock,
// without a test. A read at another place may be a test of another form (a loop that begins with its body): of these only
// one that fetches what is changed next is no test.

import type { Judge, Verdict } from "#judges/judge";
import { at, isSystems } from "#judges/places";
import { testedBefore } from "#report/predicate";
import { stepWords } from "#report/lines";
import { dataWords, objectWords, quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

export const untestedWait: Judge = {
  name: "untested-wait",
  about: "a wait on a condition variable whose condition is not tested again after it",

  judge({ story, events }) {
    const verdicts = new Map<string, Verdict>();
    for (const began of events) {
      if (began.kind !== "blocked" || began.objectType !== "condition variable") continue;
      const step = story.stepOf(began);
      if (step === undefined || isSystems(story, step)) continue;
      const tests = testedBefore(story, began).filter((read) => !read.inSetup);
      const woken = story.first(began.index + 1, (event) => event.kind === "woken" && event.thread === began.thread);
      if (tests.length === 0 || woken === undefined || woken.value !== 0 || woken.other === 0) continue;
      const use = useWithoutTest(story, woken, tests);
      if (use === null) continue;
      const found = verdict(story, { step, test: tests[0] as TraceEvent, woken, use });
      if (!verdicts.has(found.subject)) verdicts.set(found.subject, found);
    }
    return [...verdicts.values()];
  },
};

// What the woken thread does with what it had tested, without testing it again; null when it tests, or may have tested: a
// read elsewhere is a test, too, unless it only fetches what is written next.
function useWithoutTest(story: Story, woken: TraceEvent, tests: readonly TraceEvent[]): TraceEvent | null {
  const places = new Set(tests.map((test) => placeKey(story, test)));
  const objects = new Set(tests.map((test) => test.objectNumber));
  const reads = new Map<number, TraceEvent[]>();
  let hasLock = false;
  for (let index = woken.index + 1; index < story.events.length; index++) {
    const event = story.events[index];
    if (event === undefined || event.kind === "waiting") return null;
    if (event.thread !== woken.thread) continue;
    const { objectNumber, kind } = event;
    const isTested = objects.has(objectNumber);
    const place = isTested ? placeKey(story, event) : "";
    if (place !== "" && places.has(place)) return null;
    if (kind === "acquired") hasLock = true;
    if (isTested && isRead(event)) reads.set(objectNumber, [...(reads.get(objectNumber) ?? []), event]);
    if (isTested && isWrite(event)) {
      const before = reads.get(objectNumber) ?? [];
      return before.length < 2 ? (before[0] ?? event) : null;
    }
    if ((kind === "unlocked" && hasLock) || kind === "exited") return reads.size === 0 ? event : null;
    if (kind === "blocked") return null;
  }
  return null;
}

function isRead({ kind, text }: TraceEvent): boolean {
  return kind === "read" || (kind === "step" && text === "atomic get");
}

function isWrite({ kind, text }: TraceEvent): boolean {
  return kind === "access" || (kind === "step" && (text === "atomic set" || text === "atomic update"));
}

// The place of a test: the whole chain of calls, since the test itself may be in a function that others call too.
function placeKey(story: Story, event: TraceEvent): string {
  if (event.kind !== "read" && event.kind !== "step") return "";
  const frames = story.framesAt(event).filter((frame) => !/^src\/(kernel|sync)\//.test(frame.file));
  return frames.map((frame) => `${frame.file}:${frame.line}`).join(" ");
}

interface Untested {
  readonly step: TraceEvent;
  readonly test: TraceEvent;
  readonly woken: TraceEvent;
  readonly use: TraceEvent;
}

function verdict(story: Story, { step, test, woken, use }: Untested): Verdict {
  const what = objectWords(step);
  const waker = story.last(woken.index + 1, (event) => event.thread === woken.other);
  const did =
    use.kind === "read"
      ? `read ${dataWords(use)}, to change it,`
      : use.kind === "access"
        ? `set ${use.text}`
        : use.kind === "step"
          ? stepWords(story, use)
          : use.kind === "exited"
            ? "ended"
            : `gave back ${objectWords(use)}`;
  return {
    judge: untestedWait.name,
    subject: `${what}${at(story, step)}`,
    kind: "assertion",
    hasHappened: false,
    accesses: [test.objectNumber],
    message: `the wait on ${what}${at(story, step)} is not followed by a test of ${dataWords(test)}, which sent the thread there`,
    evidence: [
      `${quoted(step)} tested ${dataWords(test)} ${story.whenAndWhere(test)}, and waited ${story.whenAndWhere(step)}.`,
      `${waker === undefined ? "It was woken" : `${quoted(waker)} woke it`} ${story.when(woken)}; it then ${did} ${story.whenAndWhere(use)} without testing ${dataWords(test)} again.`,
      "Another thread may have taken what the notify announced before the woken one has its lock again.",
    ],
    hint: `Wait in a loop: "while (the condition does not hold) yield* ${step.object.includes(" ") ? "variable" : step.object}.wait(lock)".`,
  };
}
