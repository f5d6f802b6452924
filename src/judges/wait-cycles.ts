// Who waits for whom at the end of an execution, and where that goes round.
//
// A thread that waits for a lock, or for another thread's end, waits for one thread: its holder. A semaphore has no holder;
// one that has been used as a lock, so that nobody ever released it who had not acquired it, is held by the one thread
// that has acquired it and not released it. Threads that are about to take what is free wait for nobody.

import type { Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/** A thread's wait at the end, and the thread that has what it waits for. */
export interface Link {
  readonly wait: TraceEvent;
  /** The holder's id. */
  readonly holder: number;
}

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

/** The waits at the end of the trace that are for another thread. @param isOver nobody else can release a semaphore */
export function linksOf(story: Story, isOver: boolean): Link[] {
  const holders = isOver ? holdersOfSemaphores(story.events) : new Map<number, number>();
  return story.ofKind("waiting").flatMap((wait) => {
    const holder = wait.text === "acquire" ? (holders.get(wait.objectNumber) ?? 0) : wait.other;
    const isWait = WAITS.has(wait.text) || (wait.text === "acquire" && holder !== wait.thread);
    return isWait && holder !== 0 ? [{ wait, holder }] : [];
  });
}

/** The cycles among these, each told from the thread whose name comes first, whoever was looked at first. */
export function cyclesOf(links: readonly Link[]): (readonly Link[])[] {
  const cycles: (readonly Link[])[] = [];
  for (const link of links) {
    if (cycles.some((cycle) => cycle.includes(link))) continue;
    const cycle = cycleFrom(link, links);
    if (cycle !== null) cycles.push(inOrder(cycle));
  }
  return cycles;
}

function cycleFrom(start: Link, links: readonly Link[]): Link[] | null {
  const path: Link[] = [];
  for (let link: Link | undefined = start; link !== undefined;) {
    if (link === start && path.length > 0) return path;
    if (path.includes(link)) return null; // a cycle further on, which is found from there
    path.push(link);
    const { holder }: Link = link;
    link = links.find(({ wait }) => wait.thread === holder);
  }
  return null;
}

function inOrder(cycle: readonly Link[]): Link[] {
  const names = cycle.map(({ wait }) => wait.threadName);
  const first = names.indexOf([...names].sort()[0] ?? "");
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

// By semaphore, the only thread that has it.
function holdersOfSemaphores(events: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const counts = new Map<number, Map<number, number>>();
  const noLocks = new Set<number>();
  for (const { kind, text, thread, value, objectType, objectNumber } of events) {
    if (objectType !== "semaphore") continue;
    const change = kind === "acquired" ? value : kind === "step" && text === "release" ? -1 : 0;
    if (change === 0) continue;
    const owners = counts.get(objectNumber) ?? new Map<number, number>();
    counts.set(objectNumber, owners);
    const left = (owners.get(thread) ?? 0) + change;
    owners.set(thread, left);
    if (left < 0) noLocks.add(objectNumber);
  }
  const holders = new Map<number, number>();
  for (const [semaphore, owners] of counts) {
    const having = [...owners].filter(([, count]) => count > 0).map(([thread]) => thread);
    const [only] = having;
    if (having.length === 1 && only !== undefined && !noLocks.has(semaphore)) holders.set(semaphore, only);
  }
  return holders;
}
