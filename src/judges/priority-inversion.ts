// Priority inversion: an urgent thread waits for a lock, its holder is ready to go on and does not come to it, because a
// thread that is less urgent than the waiter runs. Haiku's locks lend no priority (facts: haiku.md, section 4).
//
// Only in measured time: while exploring, anybody may be delayed, and priorities mean nothing.

import { HeldLocks, takenWords } from "#judges/held-locks";
import type { Judge, Verdict } from "#judges/judge";
import { at } from "#judges/places";
import { objectWords, quoted, type Story } from "#report/story";
import { counted, thousands } from "#report/text";
import type { Simulation } from "#kernel/simulation";
import type { TraceEvent } from "#trace/event";

/** Microseconds for which others must have run: anything shorter is a lock that is merely held. */
const DELAY_LEAST = 100;

/** A thread waits for a lock. */
interface Wait {
  readonly began: TraceEvent;
  readonly holder: number;
  /** When the holder had taken it. */
  readonly taken: TraceEvent;
  /** Microseconds for which threads in between ran, by thread. */
  readonly between: Map<number, number>;
}

export const priorityInversion: Judge = {
  name: "priority-inversion",
  about: "an urgent thread waits for a lock whose holder is kept from the CPU by a thread in between (measured time)",

  judge({ story, events, simulation, isMeasured }) {
    if (!isMeasured) return [];
    const priorities = new Map(simulation.threads.map((thread) => [thread.id, thread.priority]));
    const held = new HeldLocks();
    const waits = new Map<number, Wait>();
    const verdicts = new Map<string, Verdict>();
    const asleep = new Set<number>();
    let before: TraceEvent | null = null;
    for (const event of events) {
      if (before !== null && event.time > before.time)
        charge(before, event.time - before.time, waits, asleep, priorities);
      if (event.kind === "blocked") {
        asleep.add(event.thread);
        const has = holderOf(event, held, simulation);
        if (has !== null) waits.set(event.thread, { began: event, ...has, between: new Map() });
      }
      if (event.kind === "woken") {
        asleep.delete(event.thread);
        const found = verdictOf(story, waits.get(event.thread), event);
        if (found !== null && !verdicts.has(found.subject)) verdicts.set(found.subject, found);
        waits.delete(event.thread);
      }
      if (event.kind === "step") before = event;
      held.apply(event);
    }
    return [...verdicts.values()];
  },
};

function holderOf(blocked: TraceEvent, held: HeldLocks, simulation: Simulation): Pick<Wait, "holder" | "taken"> | null {
  for (const { id } of simulation.threads) {
    const lock = held.of(id).find((each) => each.number === blocked.objectNumber);
    if (lock !== undefined && id !== blocked.thread) return { holder: id, taken: lock.taken };
  }
  return null;
}

// The thread of `step` had the CPU for that long.
function charge(
  step: TraceEvent,
  time: number,
  waits: ReadonlyMap<number, Wait>,
  asleep: ReadonlySet<number>,
  priorities: ReadonlyMap<number, number>,
): void {
  const runner = priorities.get(step.thread) ?? 0;
  for (const [waiter, { holder, between }] of waits) {
    const isBetween = runner > (priorities.get(holder) ?? 0) && runner < (priorities.get(waiter) ?? 0);
    if (!isBetween || asleep.has(holder) || asleep.has(step.thread)) continue;
    between.set(step.thread, (between.get(step.thread) ?? 0) + time);
  }
}

function verdictOf(story: Story, wait: Wait | undefined, woken: TraceEvent): Verdict | null {
  if (wait === undefined) return null;
  const delay = [...wait.between.values()].reduce((sum, time) => sum + time, 0);
  if (delay < DELAY_LEAST) return null;
  const name = (thread: number): string => {
    const event = story.last(woken.index, (each) => each.thread === thread);
    return event === undefined ? "another thread" : quoted(event);
  };
  const lock = objectWords(wait.began);
  const runners = [...wait.between.keys()].map(name).join(", ");
  return {
    judge: priorityInversion.name,
    subject: `${lock}${at(story, wait.began)}`,
    kind: "assertion",
    hasHappened: true,
    message: `priority inversion: ${quoted(woken)} waits for ${lock}, its holder ${name(wait.holder)} is less urgent, and ${runners}, in between, keeps the holder from the CPU`,
    evidence: [
      `${name(wait.holder)} took ${lock} ${takenWords(story, wait.taken)}.`,
      `${quoted(woken)} began to wait for it ${story.whenAndWhere(wait.began)}, and waited ${thousands(Math.round(woken.time - wait.began.time))} us.`,
      `For ${counted(Math.round(delay), "us", "us")} of these ${runners} ran, and the holder was ready to go on.`,
    ],
    hint: `Hold ${lock} only for as long as nothing else can take the CPU, or give its holders the priority of its most urgent user.`,
  };
}
