// A lock that is still held when its thread ends, or goes back to user space: nobody will ever give it back.
//
// A lock that was taken before the syscall began is the caller's matter. An unlock that is a step of its own comes just
// after the syscall's end: only what the thread then does with the lock still held is an answer.

import { HeldLocks, takenWords, takingStep, type HeldLock } from "#judges/held-locks";
import type { Judge, Verdict } from "#judges/judge";
import { at } from "#judges/places";
import { quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

export const lockHeld: Judge = {
  name: "lock-held",
  about: "a lock that is held when its thread ends or returns to user space",

  judge({ story, events }) {
    const held = new HeldLocks();
    const calls = new Map<number, Call[]>();
    /** Threads that have just come back from a syscall with locks held. */
    const back = new Map<number, TraceEvent>();
    const verdicts = new Map<string, Verdict>();
    const accuse = (thread: number, leave: TraceEvent): void => {
      const within = held
        .of(thread)
        .filter((lock) => lock.taken.index > (leave.kind === "exited" ? -1 : enteredBefore(leave)));
      for (const lock of within) {
        const found = verdict(story, lock, leave);
        if (!verdicts.has(found.subject)) verdicts.set(found.subject, found);
      }
    };
    const entered = new Map<TraceEvent, number>();
    const enteredBefore = (leave: TraceEvent): number => entered.get(leave) ?? -1;
    for (const event of events) {
      const { thread } = event;
      const leave = back.get(thread);
      if (leave !== undefined && event.kind === "step" && event.text !== "unlock") {
        accuse(thread, leave);
        back.delete(thread);
      }
      if (event.kind === "exited") accuse(thread, event);
      if (event.kind === "enter")
        calls.set(thread, [...(calls.get(thread) ?? []), { name: event.text, index: event.index }]);
      if (event.kind === "leave") {
        const call = calls.get(thread)?.pop();
        const isSyscall = (calls.get(thread)?.length ?? 0) === 0 && !event.text.includes(" hook of ");
        if (isSyscall && call !== undefined && held.of(thread).length > 0) {
          back.set(thread, event);
          entered.set(event, call.index);
        }
      }
      held.apply(event);
    }
    return [...verdicts.values()];
  },
};

interface Call {
  readonly name: string;
  readonly index: number;
}

function verdict(story: Story, lock: HeldLock, leave: TraceEvent): Verdict {
  const taken = takingStep(story, lock.taken);
  const ends = leave.kind === "exited";
  const how = ends ? "ends" : `returns from ${leave.text}`;
  return {
    judge: lockHeld.name,
    subject: `${lock.words}${at(story, taken)}`,
    kind: "assertion",
    hasHappened: true,
    message: `${quoted(leave)} ${how} with ${lock.words} held, which it took${at(story, taken)}`,
    evidence: [
      `${quoted(leave)} took ${lock.words} ${takenWords(story, lock.taken)}.`,
      `It ${ends ? "ended" : `returned from ${leave.text}`} ${story.when(leave)} without giving it back${ends ? "" : ", and runs in user space now"}; whoever wants ${lock.words} next waits for ever.`,
    ],
    hint: `Unlock on every way out, errors included: "using _ = yield* lock.guard()" does so by itself.`,
  };
}
