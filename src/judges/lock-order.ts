// Lock-order inversion: locks that are taken in one order here and in the opposite order there, though nobody has met
// anybody yet. Each order need only happen once (facts: explorer.md, A, lockdep).
//
// Locks are told apart by class: type and name, as two cookies' "read lock" are one class. Two locks of one class are told
// apart by number. A thread that has a lock from one place to another, in between taking others on both sides, does not wait
// for itself. A lock that is only tried cannot wait, and what a third lock, held in both places, keeps apart cannot
// meet; nor do readers of a reader/writer lock wait for each other.

import { HeldLocks, takenWords, takingStep, type HeldLock } from "#judges/held-locks";
import type { Judge, Verdict } from "#judges/judge";
import { at, isSystems } from "#judges/places";
import { cyclesOf, linksOf } from "#judges/wait-cycles";
import { objectWords, quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/** One lock was taken while another was held. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly held: HeldLock;
  readonly acquired: TraceEvent;
  /** What else was held. */
  readonly gates: ReadonlySet<number>;
}

/** Longer cycles are not looked for. */
const LENGTH_MOST = 4;

export const lockOrder: Judge = {
  name: "lock-order",
  about: "locks that are taken in opposite orders, also where no deadlock has happened",

  judge({ story, events, outcome }) {
    // What has come true is the deadlock judge's.
    if (outcome.kind === "deadlock" || cyclesOf(linksOf(story, false)).length > 0) return [];
    const edges = edgesOf(story, events);
    const verdicts = new Map<string, Verdict>();
    for (const edge of edges) {
      const cycle = cycleThrough(edge, edges, [edge]);
      if (cycle === null || cycle.every((each) => isSystems(story, takingStep(story, each.acquired)))) continue;
      const found = verdict(story, cycle);
      if (!verdicts.has(found.subject)) verdicts.set(found.subject, found);
    }
    return [...verdicts.values()];
  },
};

function edgesOf(story: Story, events: readonly TraceEvent[]): Edge[] {
  const edges: Edge[] = [];
  const seen = new Set<string>();
  const held = new HeldLocks();
  for (const event of events) {
    if (event.kind === "acquired" && event.objectType !== "semaphore" && !isTried(story, event)) {
      const before = held.of(event.thread).filter((lock) => lock.number !== event.objectNumber);
      const isNew = before.length === held.of(event.thread).length;
      for (const lock of isNew ? before : []) {
        const edge = edgeOf(lock, event, before);
        const key = `${edge.from} > ${edge.to} > ${[...edge.gates].join()} > ${lock.isShared} > ${event.text}`;
        if (!seen.has(key)) edges.push(edge);
        seen.add(key);
      }
    }
    held.apply(event);
  }
  return edges;
}

function edgeOf(lock: HeldLock, acquired: TraceEvent, before: readonly HeldLock[]): Edge {
  const isAlike = lock.type === acquired.objectType && lock.name === acquired.object;
  const mark = (number: number): string => (isAlike ? ` #${number}` : "");
  return {
    from: `${lock.words}${mark(lock.number)}`,
    to: `${objectWords(acquired)}${mark(acquired.objectNumber)}`,
    held: lock,
    acquired,
    gates: new Set(before.filter((each) => each !== lock).map((each) => each.number)),
  };
}

function isTried(story: Story, acquired: TraceEvent): boolean {
  const step = story.stepOf(acquired);
  return step !== undefined && step.thread === acquired.thread && step.text.startsWith("try");
}

// The shortest way on from the path's end back to where it began.
function cycleThrough(first: Edge, edges: readonly Edge[], path: readonly Edge[]): readonly Edge[] | null {
  const last = path.at(-1) ?? first;
  const next = edges.filter((edge) => edge.from === last.to && !path.includes(edge) && waits(last, edge));
  for (const edge of next) {
    const cycle = [...path, edge];
    if (edge.to === first.from && waits(edge, first) && !isGated(cycle)) return cycle;
  }
  if (path.length + 1 >= LENGTH_MOST) return null;
  for (const edge of next) {
    const cycle = path.some((each) => each.from === edge.to) ? null : cycleThrough(first, edges, [...path, edge]);
    if (cycle !== null) return cycle;
  }
  return null;
}

// Whether who takes the lock in `wanting` may wait for who has it in `having`; not if that is the same acquisition.
function waits(wanting: Edge, having: Edge): boolean {
  if (wanting.acquired === having.held.taken) return false;
  return !(wanting.acquired.text === "read lock" && having.held.isShared);
}

function isGated(cycle: readonly Edge[]): boolean {
  const [first, ...rest] = cycle;
  if (first === undefined) return false;
  return [...first.gates].some((gate) => rest.every((edge) => edge.gates.has(gate)));
}

function verdict(story: Story, cycle: readonly Edge[]): Verdict {
  const places = cycle.map(
    ({ held, acquired }) => `${held.words} before ${objectWords(acquired)}${at(story, takingStep(story, acquired))}`,
  );
  const names = [...new Set(cycle.map(({ held }) => held.words))].sort();
  return {
    judge: lockOrder.name,
    subject: names.join(" "),
    kind: "assertion",
    hasHappened: false,
    message: `lock-order inversion: ${[...places].sort().join(", but ")}`,
    evidence: [
      ...cycle.map(
        ({ held, acquired }) =>
          `${quoted(acquired)} took ${objectWords(acquired)} ${takenWords(story, acquired)}, holding ${held.words}, taken ${takenWords(story, held.taken)}.`,
      ),
      `Nobody waited for anybody in this execution. ${dangerWords(cycle)}`,
    ],
    hint: `Take these locks in one order everywhere, and write that order down where they are declared: ${names.join(", ")}.`,
  };
}

function dangerWords(cycle: readonly Edge[]): string {
  const threads = new Set(cycle.map(({ acquired }) => acquired.thread));
  const when =
    threads.size === cycle.length
      ? "If each of these threads gets its first lock before the other's second"
      : "If several threads do so at the same time, and each gets its first lock before another's second";
  return `${when}, none of them goes on.`;
}
