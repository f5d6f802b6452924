// Threads of one name, told apart before anything is said of them: "reader #201" and "reader #202".
//
// Invariant: where all names differ, everything stays as it is.

import { threadNames } from "#report/thread-names";
import type { Outcome, Waiting } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export interface Told {
  readonly events: readonly TraceEvent[];
  readonly outcome: Outcome;
}

/** The trace and the outcome, with the names that columns and tables have, too. */
export function withNamesApart(events: readonly TraceEvent[], outcome: Outcome): Told {
  const given = new Map(events.flatMap((event) => (event.kind === "spawned" ? [[event.other, event.text]] : [])));
  const names = new Map([...threadNames(events)].filter(([id, name]) => given.has(id) && given.get(id) !== name));
  if (names.size === 0) return { events, outcome };
  const ids = new Map(events.flatMap((event) => (event.kind === "spawned" ? [[event.objectNumber, event.other]] : [])));
  const nameOf = (event: TraceEvent): string => names.get(ids.get(event.objectNumber) ?? 0) ?? event.object;
  const told = events.map((event) => {
    const threadName = names.get(event.thread) ?? event.threadName;
    const object = event.objectType === "thread" ? nameOf(event) : event.object;
    return threadName === event.threadName && object === event.object ? event : renamed(event, threadName, object);
  });
  const ends = new Map(told.flatMap((event) => (event.kind === "waiting" ? [[event.thread, event]] : [])));
  const waiting = outcome.waiting.map((each) => withNames(each, names, ends.get(each.id)));
  return { events: told, outcome: { ...outcome, waiting } };
}

function withNames(waiting: Waiting, names: ReadonlyMap<number, string>, end: TraceEvent | undefined): Waiting {
  const isThread = waiting.objectType === "thread";
  return {
    ...waiting,
    thread: names.get(waiting.id) ?? waiting.thread,
    holder: names.get(end?.other ?? 0) ?? waiting.holder,
    object: isThread ? (end?.object ?? waiting.object) : waiting.object,
  };
}

// Its stack stays unread until somebody looks at it.
function renamed(event: TraceEvent, threadName: string, object: string): TraceEvent {
  const { kind, index, step, time, thread, objectType, objectNumber, value, other, inSetup } = event;
  const text = kind === "spawned" ? object : event.text;
  const facts = { kind, index, step, time, thread, threadName, text, object, objectType, objectNumber, value, other };
  return {
    ...facts,
    get frames() {
      return event.frames;
    },
    inSetup,
  };
}
