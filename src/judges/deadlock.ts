// Deadlock: threads that wait for each other in a cycle. They never go on, whatever the others do meanwhile.
//
// A thread that waits for a lock, or for another thread's end, waits for one thread: its holder. Who comes back to a
// thread already met has gone round. The cycle closed when its last thread came to its wait; threads outside it may run
// on, and the execution may end in quite another way.
// Not judged: waits with a timeout, which end by themselves; waits that anybody could end (src/judges/lost-wakeup.ts).

import type { Judge, Verdict } from "#judges/judge";
import { HeldLocks, takenWords, type HeldLock } from "#judges/held-locks";
import { objectWords, quoted, type Story } from "#report/story";
import { counted, listed } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** What a thread does that waits for one other. */
const WAITS = new Set([
  "lock",
  "lock again",
  "read lock",
  "write lock",
  "wait for thread",
  "acquire spinlock",
  "switch lock",
]);

export const deadlock: Judge = {
  name: "deadlock",
  about: "threads that wait for each other in a cycle, also while others run on",

  judge({ story, events }) {
    const waits = story.ofKind("waiting").filter((event) => WAITS.has(event.text) && event.other !== 0);
    const cycles: TraceEvent[][] = [];
    for (const wait of waits) {
      if (cycles.some((cycle) => cycle.includes(wait))) continue;
      const cycle = cycleFrom(wait, waits);
      if (cycle !== null) cycles.push(cycle);
    }
    if (cycles.length === 0) return [];
    const held = new HeldLocks();
    for (const event of events) held.apply(event);
    return cycles.map((cycle) => verdict(story, cycle, held));
  },
};

function cycleFrom(start: TraceEvent, waits: readonly TraceEvent[]): TraceEvent[] | null {
  const path: TraceEvent[] = [];
  for (let wait: TraceEvent | undefined = start; wait !== undefined;) {
    if (wait === start && path.length > 0) return inOrder(path);
    if (path.includes(wait)) return null; // a cycle further on, which is found from there
    path.push(wait);
    const holder: number = wait.other;
    wait = waits.find((each) => each.thread === holder);
  }
  return null;
}

// Told from the thread whose name comes first, whoever was looked at first.
function inOrder(cycle: readonly TraceEvent[]): TraceEvent[] {
  const names = cycle.map((wait) => wait.threadName);
  const first = names.indexOf([...names].sort()[0] ?? "");
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

function verdict(story: Story, cycle: readonly TraceEvent[], held: HeldLocks): Verdict {
  const names = cycle.map((wait) => quoted(wait));
  const chain = cycle.map((wait) => `${quoted(wait)} -> ${objectWords(wait)} -> `).join("");
  const who = cycle.length === 1 ? `${names[0]} waits for itself` : `${listed(names)} wait for each other`;
  return {
    judge: deadlock.name,
    subject: `${chain}${names[0]}`,
    kind: "deadlock",
    hasHappened: true,
    message: `${who} for ever: ${chain}${names[0]}`,
    evidence: [...cycle.map((wait) => waitSentence(story, wait, cycle, held)), closingSentence(story, cycle)],
    hint: remedy(cycle),
  };
}

function waitSentence(story: Story, wait: TraceEvent, cycle: readonly TraceEvent[], held: HeldLocks): string {
  const wanted = held.of(wait.thread).find((lock) => cycle.some((each) => each.objectNumber === lock.number));
  const has = wanted === undefined ? "" : ` has ${lockWords(story, wanted)}, and`;
  const what = wait.objectType === "thread" ? `thread "${wait.object}" to end` : objectWords(wait);
  return `${quoted(wait)}${has} waits for ${what}${story.where(wait)}.`;
}

function lockWords(story: Story, lock: HeldLock): string {
  return `${lock.words}, taken ${takenWords(story, lock.taken)}`;
}

function closingSentence(story: Story, cycle: readonly TraceEvent[]): string {
  const arrivals = cycle.map((wait) =>
    story.last(wait.index, (event) => event.thread === wait.thread && event.kind !== "waiting"),
  );
  const last = arrivals.reduce((latest, event) => ((event?.index ?? -1) > (latest?.index ?? -1) ? event : latest));
  if (last === undefined) return "Nobody can open the cycle.";
  const others = story.events.filter((event) => event.kind === "step" && event.step > last.step);
  const ranOn =
    others.length === 0
      ? "nobody has taken a step since"
      : `others have taken ${counted(others.length, "step")} since, and cannot open it`;
  return `The cycle closed when ${quoted(last)} arrived there, after step ${last.step}; ${ranOn}.`;
}

function remedy(cycle: readonly TraceEvent[]): string {
  if (cycle.length === 1) return "Unlock before calling what takes the same lock again, or use a recursive lock.";
  if (cycle.some((wait) => wait.objectType === "thread"))
    return "Give back every lock that the other thread needs before waiting for its end.";
  return "Take these locks in one order everywhere, or give one back before taking the other.";
}
