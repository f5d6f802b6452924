// Blocking with interrupts off, and so with a spinlock held: whoever does it stops its CPU for everybody.
//
// A development kernel panics at many of these; a release kernel goes on and hangs, or seems to work. An operation that
// may block is wrong here even when, this time, it had not to wait.

import { HeldLocks, takenWords } from "#judges/held-locks";
import type { Judge, Verdict } from "#judges/judge";
import { at, isEndOfSleep } from "#judges/places";
import { quoted, type Story } from "#report/story";
import { stepWords } from "#report/lines";
import type { TraceEvent } from "#trace/event";

/** Operations that may put their thread to sleep. */
const BLOCKING = new Set([
  "lock",
  "lock with timeout",
  "lock again",
  "switch lock",
  "read lock",
  "write lock",
  "wait",
  "acquire",
  "snooze",
  "wait for thread",
]);

export const blocksWithInterruptsOff: Judge = {
  name: "blocks-with-interrupts-off",
  about: "an operation that may block, with interrupts off or a spinlock held",

  judge({ story, events, outcome }) {
    const held = new HeldLocks();
    const off = new Map<number, TraceEvent>();
    const verdicts = new Map<string, Verdict>();
    for (const event of events) {
      const since = off.get(event.thread);
      const isBlocking = event.kind === "step" && BLOCKING.has(event.text) && !isEndOfSleep(story, event);
      if (since !== undefined && isBlocking) {
        const found = verdict(story, event, since, held, outcome.kind === "panic");
        if (!verdicts.has(found.subject)) verdicts.set(found.subject, found);
      }
      if (event.kind === "step" && event.text === "disable interrupts" && since === undefined)
        off.set(event.thread, event);
      if (event.kind === "interrupts" || event.kind === "exited") off.delete(event.thread);
      held.apply(event);
    }
    return [...verdicts.values()];
  },
};

function verdict(story: Story, step: TraceEvent, since: TraceEvent, held: HeldLocks, panicked: boolean): Verdict {
  const lock = held.of(step.thread).find(({ type }) => type === "spinlock");
  const what = stepWords(story, step);
  return {
    judge: blocksWithInterruptsOff.name,
    subject: `${what}${at(story, step)}`,
    kind: panicked ? "panic" : "assertion",
    hasHappened: true,
    message: `${quoted(step)} may block with interrupts off${lock === undefined ? "" : ` and ${lock.words} held`}: ${what}${at(story, step)}`,
    evidence: [
      `${quoted(step)} turned interrupts off ${story.whenAndWhere(since)}, and has not turned them on again.`,
      ...(lock === undefined ? [] : [`It took ${lock.words} ${takenWords(story, lock.taken)}.`]),
      `Then came ${what}, ${story.whenAndWhere(step)}: if it has to wait, nobody else gets this CPU.`,
    ],
    hint: "Do what can wait before interrupts go off, or after they are on again; protect data that is shared with code which waits by a mutex.",
  };
}
