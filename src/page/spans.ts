// Who holds which lock and who waits for what, from row to row.
//
// A thread waits in two ways. It sits in a queue (the events `blocked` and `woken`); or it is about to take a lock that another
// has: while exploring it then simply has not taken its step, where the machine would have queued it. Its next step
// says what it wanted all the time, since an operation is known before it happens.

import type { Hold, Wait } from "#page/data";
import type { Rows } from "#page/timeline";
import type { TraceEvent } from "#trace/event";

const TAKES = new Set([
  "lock",
  "lock again",
  "lock with timeout",
  "switch lock",
  "read lock",
  "write lock",
  "acquire spinlock",
]);

const NO_HOLDS: readonly Hold[] = [];

type Open<T> = { -readonly [Key in keyof T]: T[Key] };

/** The holds and the waits of a trace, each in the order in which they begin. */
export function spansOf(rows: Rows): { readonly holds: readonly Hold[]; readonly waits: readonly Wait[] } {
  const holds = holdsOf(rows);
  const waits = [...blockedWaits(rows, holds), ...pendingWaits(rows, holds)];
  waits.sort((a, b) => a.from - b.from || a.lane - b.lane);
  return { holds, waits };
}

function holdsOf({ story, rowOf, laneOf, end }: Rows): Hold[] {
  const holds: Open<Hold>[] = [];
  const open = new Map<number, Open<Hold>[]>();
  const close = (object: number, row: number, isClosed: (hold: Hold) => boolean): void => {
    const here = open.get(object);
    if (here === undefined || here.length === 0) return;
    for (const hold of here) if (isClosed(hold)) hold.to = row;
    open.set(
      object,
      here.filter((hold) => !isClosed(hold)),
    );
  };
  for (const event of story.events) {
    const { objectNumber: object, kind } = event;
    const row = rowOf[event.index] ?? 0;
    const lane = laneOf(event.thread);
    if (kind === "acquired" && event.objectType !== "semaphore") {
      if (event.objectType !== "rw lock") close(object, row, (hold) => hold.lane !== lane);
      const here = open.get(object) ?? [];
      if (here.some((hold) => hold.lane === lane)) continue;
      const hold = { ...named(event), lane, isShared: event.text === "read lock", from: row, to: end };
      here.push(hold);
      open.set(object, here);
      holds.push(hold);
    } else if (kind === "unlocked" && event.value === 0) close(object, row, (hold) => hold.lane === lane);
    else if (kind === "step" && (event.text === "destroy" || event.text === "transfer")) close(object, row, () => true);
  }
  return holds.filter(({ to }) => to > 0);
}

function named(event: TraceEvent): Pick<Hold, "object" | "name" | "type"> {
  return { object: event.objectNumber, name: event.object, type: event.objectType };
}

// From the event in which it joins a queue to the one in which it leaves it.
function blockedWaits(rows: Rows, holds: readonly Hold[]): Wait[] {
  const { story, rowOf, laneOf, stuck, end } = rows;
  const byObject = groupHolds(holds);
  const open = new Map<number, Open<Wait>>();
  const waits: Open<Wait>[] = [];
  for (const event of story.events) {
    const row = rowOf[event.index] ?? 0;
    if (event.kind === "woken") {
      const wait = open.get(event.thread);
      if (wait !== undefined) wait.to = row;
      open.delete(event.thread);
    } else if (event.kind === "blocked") {
      const holder = heldBetween(byObject.get(event.objectNumber) ?? NO_HOLDS, row, row).findLast(
        ({ to }) => row <= to,
      );
      const wait = {
        ...named(event),
        lane: laneOf(event.thread),
        verb: event.text,
        holder: holder?.lane ?? -1,
        from: row,
        to: end,
        isForEver: false,
      };
      open.set(event.thread, wait);
      waits.push(wait);
    }
  }
  for (const [thread, wait] of open) wait.isForEver = stuck.has(thread);
  return waits.filter(({ to }) => to > 0);
}

function pendingWaits(rows: Rows, holds: readonly Hold[]): Wait[] {
  const { story, rowOf, laneOf, stuck, end } = rows;
  const byObject = groupHolds(holds);
  const exits = new Map<number, number>();
  const makers = new Map<number, number>();
  const queued = new Set<number>();
  for (const event of story.events) {
    if (event.kind === "exited") exits.set(event.objectNumber, rowOf[event.index] ?? end);
    if (event.kind === "spawned") makers.set(event.objectNumber, event.other);
  }
  const waits: Wait[] = [];
  const last = new Map<number, number>();
  for (const event of story.events) {
    const row = rowOf[event.index] ?? 0;
    const { thread, kind } = event;
    if (kind === "blocked") queued.add(thread);
    if (kind === "woken") {
      queued.delete(thread);
      last.set(thread, row);
    }
    if (kind !== "step" && kind !== "waiting") continue;
    const since = (last.get(thread) ?? 0) + 1;
    last.set(thread, row);
    if (kind === "waiting" && queued.has(thread)) continue;
    const isEnd = kind === "waiting";
    const until = isEnd ? end : row - 1;
    const add = (holder: number, from: number, to: number): void => {
      if (from > to) return;
      const isForEver = isEnd && stuck.has(thread);
      waits.push({ ...named(event), lane: laneOf(thread), verb: event.text, isForEver, holder, from, to });
    };
    if (event.objectType === "thread" && event.text === "wait for thread") {
      const holder = laneOf(makers.get(event.objectNumber) ?? 0);
      add(holder, since, Math.min(until, exits.get(event.objectNumber) ?? end));
    } else if (TAKES.has(event.text)) {
      const lane = laneOf(thread);
      for (const hold of heldBetween(byObject.get(event.objectNumber) ?? NO_HOLDS, since, until)) {
        if (hold.lane !== lane) add(hold.lane, Math.max(since, hold.from), Math.min(until, hold.to));
      }
      if (isEnd && laneOf(event.other) === lane) add(lane, since, until);
    } else if (isEnd && event.object !== "") add(laneOf(event.other), since, end);
  }
  return waits;
}

// Those that may hold between two rows. One lock's holds begin one after the other; where it is shared they may end in any order.
function heldBetween(holds: readonly Hold[], since: number, until: number): Hold[] {
  let low = 0;
  let high = holds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holds[middle]?.from ?? 0) <= until) low = middle + 1;
    else high = middle;
  }
  const found: Hold[] = [];
  for (let place = low - 1; place >= 0; place--) {
    const hold = holds[place];
    if (hold === undefined || (hold.to < since && hold.type !== "rw lock")) break;
    found.push(hold);
  }
  return found.reverse();
}

function groupHolds(holds: readonly Hold[]): Map<number, Hold[]> {
  const groups = new Map<number, Hold[]>();
  for (const hold of holds) {
    const group = groups.get(hold.object);
    if (group === undefined) groups.set(hold.object, [hold]);
    else group.push(hold);
  }
  return groups;
}
