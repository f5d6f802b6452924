// Data race: two threads touch the same plain data, one of them writes, and nothing orders the two accesses.
//
// Found by vector clocks (src/judges/happens-before.ts) on the order of one execution: also where the two accesses
// happened to do no harm. Plain accesses are atomic within their step here, so what two halves of them would do on a real
// machine was not tried: this judge says where that hides something. What it names can be explored again with points
// before the accesses (src/kernel/access-point.ts).
// Not judged: accesses in the set-up, fields declared with `atomically`, what the simulated system shares within itself.

import { HappensBefore } from "#judges/happens-before";
import type { HeldLock } from "#judges/held-locks";
import type { Judge, Verdict } from "#judges/judge";
import { at, isSystems } from "#judges/places";
import { dataWords, quoted, type Story } from "#report/story";
import { listed } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** An access, when it was, and with what locks. */
interface Access {
  readonly event: TraceEvent;
  readonly time: number;
  readonly locks: readonly HeldLock[];
}

/** What is known of one field or shared value. */
interface Variable {
  write: Access | null;
  /** The last read of each thread since that write. */
  readonly reads: Map<number, Access>;
}

export const dataRace: Judge = {
  name: "data-race",
  about: "two accesses to a field or a shared value, one of them a write, that nothing orders",

  judge({ story, events, simulation }) {
    const order = new HappensBefore(story, simulation);
    const variables = new Map<number, Variable>();
    const races = new Map<number, readonly [Access, Access]>();
    for (const event of events) {
      order.apply(event);
      if (!isPlain(event)) continue;
      const { thread } = event;
      const access: Access = { event, time: order.clocks.time(thread), locks: [...order.locks.of(thread)] };
      const variable = variables.get(event.objectNumber) ?? { write: null, reads: new Map<number, Access>() };
      variables.set(event.objectNumber, variable);
      const other = unordered(variable, access, order);
      if (
        other !== undefined &&
        !races.has(event.objectNumber) &&
        !(isSystems(story, event) && isSystems(story, other.event))
      )
        races.set(event.objectNumber, [other, access]);
      note(variable, access);
    }
    return [...races.values()].map(([first, second]) => {
      const subject = dataWords(first.event);
      const alike = [...races.values()].filter(([each]) => dataWords(each.event) === subject);
      return { ...verdict(story, first, second), racy: alike.flatMap(([{ event }]) => racyNumber(event)) };
    });
  },
};

// What judges themselves look at after the end is nobody's access.
function isPlain(event: TraceEvent): boolean {
  if (event.kind !== "read" && event.kind !== "access") return false;
  return !event.inSetup && event.objectType !== "atomic field" && (event.thread !== 0 || event.step === 0);
}

// A select pool is touched by calls that are one act each.
function racyNumber({ objectType, objectNumber }: TraceEvent): number[] {
  return objectType === "field" || objectType === "shared value" ? [objectNumber] : [];
}

function unordered({ write, reads }: Variable, access: Access, { clocks }: HappensBefore): Access | undefined {
  const { thread, kind } = access.event;
  const isOpen = (other: Access): boolean => !clocks.isAfter(thread, other.event.thread, other.time);
  if (write !== null && isOpen(write)) return write;
  return kind === "access" ? [...reads.values()].find(isOpen) : undefined;
}

function note(variable: Variable, access: Access): void {
  if (access.event.kind === "read") {
    variable.reads.set(access.event.thread, access);
    return;
  }
  variable.write = access;
  variable.reads.clear();
}

function verdict(story: Story, first: Access, second: Access): Verdict {
  const object = dataWords(first.event);
  const [a = "", b = ""] = [first, second].map((access) => `${verb(access)}${at(story, access.event)}`).sort();
  return {
    judge: dataRace.name,
    subject: object,
    kind: "assertion",
    hasHappened: false,
    message: `data race on ${object}: one thread ${a}, another ${b}, and nothing orders the two`,
    evidence: [
      accessSentence(story, first),
      accessSentence(story, second),
      "No lock, semaphore, notify, atomic, spawn or join between the two says which comes first. On a real machine they may happen at once; here each is tried as a whole.",
    ],
    hint: remedy(object, first, second),
    accesses: [first.event.objectNumber],
  };
}

function verb({ event }: Access): string {
  return event.kind === "access" ? "writes it" : "reads it";
}

function accessSentence(story: Story, { event, locks }: Access): string {
  const what = event.kind === "access" ? `wrote ${event.text}` : `read ${dataWords(event)}`;
  const held = locks.length === 0 ? "with no lock held" : `holding ${listed(locks.map((lock) => lock.words))}`;
  return `${quoted(event)} ${what} ${story.whenAndWhere(event)}, ${held}.`;
}

function remedy(object: string, first: Access, second: Access): string {
  const only = (mine: Access, other: Access): HeldLock | undefined =>
    mine.locks.findLast((lock) => !other.locks.some((each) => each.number === lock.number));
  const lock = only(first, second) ?? only(second, first);
  const bare = lock !== undefined && first.locks.includes(lock) ? second : first;
  if (lock === undefined)
    return `Take one lock around every access to ${object}; or, if each access stands for itself, make it atomic.`;
  return `Take ${lock.words} where ${quoted(bare.event)} ${bare.event.kind === "access" ? "writes" : "reads"} ${object}, too.`;
}
