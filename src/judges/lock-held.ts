// A lock that is still held when its thread ends, or goes back to user space: nobody will ever give it back. So too with
// interrupts that are still off.
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
  about: "a lock that is held, or interrupts that are off, when a thread ends or returns to user space",

  judge({ story, events }) {
    const keeping = new Keeping();
    const verdicts = new Map<string, Verdict>();
    for (const event of events) {
      for (const { leave, locks, off } of keeping.apply(event)) {
        const found = locks.map((lock) => lockVerdict(story, lock, leave));
        if (off !== null) found.push(interruptsVerdict(story, off, leave));
        for (const each of found) if (!verdicts.has(each.subject)) verdicts.set(each.subject, each);
      }
    }
    return [...verdicts.values()];
  },
};

/** What a thread has kept as it went. */
interface Kept {
  /** Its end, or the end of its syscall. */
  readonly leave: TraceEvent;
  readonly locks: readonly HeldLock[];
  /** The step in which it turned interrupts off. */
  readonly off: TraceEvent | null;
}

/** Follows a trace, and says of each thread that ends, or goes on in user space, what it has kept. */
class Keeping {
  readonly #held = new HeldLocks();
  readonly #off = new Map<number, TraceEvent>();
  /** For each thread, where the syscalls and hooks that it is in began. */
  readonly #calls = new Map<number, number[]>();
  /** Threads that have just come back from a syscall, with where that began. */
  readonly #back = new Map<number, { readonly leave: TraceEvent; readonly since: number }>();

  apply(event: TraceEvent): Kept[] {
    const { thread, kind } = event;
    const kept: Kept[] = [];
    const back = this.#back.get(thread);
    if (back !== undefined && kind === "step" && event.text !== "unlock") {
      kept.push(this.#kept(back.leave, back.since));
      this.#back.delete(thread);
    }
    if (kind === "exited") kept.push(this.#kept(event, -1));
    if (kind === "enter") this.#calls.set(thread, [...(this.#calls.get(thread) ?? []), event.index]);
    if (kind === "leave") this.#leaves(event);
    if (kind === "step" && event.text === "disable interrupts" && !this.#off.has(thread)) this.#off.set(thread, event);
    if (kind === "interrupts" || kind === "exited") this.#off.delete(thread);
    this.#held.apply(event);
    return kept;
  }

  #leaves(event: TraceEvent): void {
    const calls = this.#calls.get(event.thread);
    const since = calls?.pop();
    const isSyscall = calls?.length === 0 && !event.text.includes(" hook of ");
    if (since !== undefined && isSyscall) this.#back.set(event.thread, { leave: event, since });
  }

  #kept(leave: TraceEvent, since: number): Kept {
    const locks = this.#held.of(leave.thread).filter(({ taken }) => taken.index > since);
    const off = this.#off.get(leave.thread);
    return { leave, locks, off: off !== undefined && off.index > since ? off : null };
  }
}

function lockVerdict(story: Story, lock: HeldLock, leave: TraceEvent): Verdict {
  const taken = takingStep(story, lock.taken);
  return {
    judge: lockHeld.name,
    subject: `${lock.words}${at(story, taken)}`,
    kind: "assertion",
    hasHappened: true,
    message: `${quoted(leave)} ${goesWords(leave)} with ${lock.words} held, which it took${at(story, taken)}`,
    evidence: [
      `${quoted(leave)} took ${lock.words} ${takenWords(story, lock.taken)}.`,
      `It ${wentWords(story, leave, "giving it back")}; whoever wants ${lock.words} next waits for ever.`,
    ],
    hint: `Unlock on every way out, errors included: "using _ = yield* lock.guard()" does so by itself.`,
  };
}

function interruptsVerdict(story: Story, off: TraceEvent, leave: TraceEvent): Verdict {
  return {
    judge: lockHeld.name,
    subject: `interrupts${at(story, off)}`,
    kind: "assertion",
    hasHappened: true,
    message: `${quoted(leave)} ${goesWords(leave)} with interrupts off, which it turned off${at(story, off)}`,
    evidence: [
      `${quoted(leave)} turned interrupts off ${story.whenAndWhere(off)}.`,
      `It ${wentWords(story, leave, "turning them on again")}; its CPU hears no interrupt, and nobody else gets it.`,
    ],
    hint: "Restore interrupts on every way out, errors included.",
  };
}

function goesWords(leave: TraceEvent): string {
  return leave.kind === "exited" ? "ends" : `returns from ${leave.text}`;
}

function wentWords(story: Story, leave: TraceEvent, doing: string): string {
  if (leave.kind === "exited") return `ended ${story.when(leave)} without ${doing}`;
  return `returned from ${leave.text} ${story.when(leave)} without ${doing}, and runs in user space now`;
}
