// A trace as something one can ask: where was that, inside which hook, who held this lock then?
//
// Invariant: answers come from recorded events alone. What the trace does not say is left out of a sentence,
// never guessed.

import type { EventKind, Frame, TraceEvent } from "#trace/event";

/** The verbs of operations that take a lock, and of those that give nothing but the lock (src/kernel/operation.ts). */
const TAKES = new Set([
  "lock",
  "lock again",
  "lock with timeout",
  "trylock",
  "switch lock",
  "read lock",
  "write lock",
  "acquire spinlock",
  "acquire",
]);

export class Story {
  readonly events: readonly TraceEvent[];
  /** What each event's thread is in, once somebody has asked. */
  #hooks: readonly string[] | null = null;

  constructor(events: readonly TraceEvent[]) {
    this.events = events;
  }

  /** The stack at this event: its own, or that of the same thread's step. Innermost first. */
  framesAt(event: TraceEvent): readonly Frame[] {
    if (event.frames.length > 0) return event.frames;
    for (let place = event.index - 1; place >= 0; place--) {
      const earlier = this.events[place];
      if (earlier === undefined || earlier.step !== event.step) break;
      if (earlier.thread === event.thread && earlier.frames.length > 0) return earlier.frames;
    }
    return [];
  }

  /** The innermost frame that belongs to a driver, a scenario or a program; the innermost of all if none does. */
  placeOf(event: TraceEvent): Frame | null {
    return userFrame(this.framesAt(event));
  }

  /** Where an event happened, as words to follow a verb: ` in tun_close (drivers/tun/tun.ts:24)`. */
  where(event: TraceEvent): string {
    const hook = this.hookAt(event);
    const frame = this.placeOf(event);
    if (frame === null) return hook === "" ? "" : ` during ${hook}`;
    const inside = hook.includes(" hook of ") ? `, in the ${hook}` : "";
    return ` ${placeWords(frame)}${inside}`;
  }

  /** When and where: `at step 7 in tun_close (...)`, `in the set-up`. */
  whenAndWhere(event: TraceEvent): string {
    return `${this.when(event)}${this.where(event)}`.trimStart();
  }

  /** When: empty for what was done before the first step. */
  when(event: TraceEvent): string {
    if (event.step === 0) return "";
    return event.inSetup ? "in the set-up" : `at step ${event.step}`;
  }

  /** The innermost hook or syscall that the event's thread is in. */
  hookAt(event: TraceEvent): string {
    this.#hooks ??= hooksOf(this.events);
    return this.#hooks[event.index] ?? "";
  }

  /** The step event within which `event` happened. */
  stepOf(event: TraceEvent): TraceEvent | undefined {
    return this.last(event.index + 1, (each) => each.kind === "step" && each.step === event.step);
  }

  /** The last event before place `before` for which `test` holds. */
  last(before: number, test: (event: TraceEvent) => boolean): TraceEvent | undefined {
    for (let place = before - 1; place >= 0; place--) {
      const event = this.events[place];
      if (event !== undefined && test(event)) return event;
    }
    return undefined;
  }

  /** The first event from place `from` on for which `test` holds. */
  first(from: number, test: (event: TraceEvent) => boolean): TraceEvent | undefined {
    for (let place = from; place < this.events.length; place++) {
      const event = this.events[place];
      if (event !== undefined && test(event)) return event;
    }
    return undefined;
  }

  /** Where this thread ended, if it has. */
  endOf(thread: number): TraceEvent | undefined {
    return this.events.find((event) => event.kind === "exited" && event.thread === thread);
  }

  ofKind(kind: EventKind): readonly TraceEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }

  /** The step in which `thread` last took the object with this number, before place `before`. */
  takenBy(thread: number, objectNumber: number, before: number): TraceEvent | undefined {
    const own = this.last(
      before,
      (event) => event.thread === thread && event.objectNumber === objectNumber && this.#takes(event),
    );
    const handed = this.last(
      before,
      (event) => event.kind === "woken" && event.thread === thread && event.objectNumber === objectNumber,
    );
    if (own === undefined || (handed !== undefined && handed.index > own.index)) {
      return this.last(handed?.index ?? 0, (event) => event.kind === "step" && event.thread === thread);
    }
    return own;
  }

  /** Who held the lock with this number just before place `before`; 0 for nobody, as far as can be told. */
  holderAt(objectNumber: number, before: number): number {
    const last = this.last(before, (event) => {
      if (event.objectNumber !== objectNumber) return false;
      return event.kind === "unlocked" || event.kind === "woken" || (event.text !== "trylock" && this.#takes(event));
    });
    return last === undefined || last.kind === "unlocked" ? 0 : last.thread;
  }

  // A step that takes a lock, unless it had to queue for it.
  #takes(event: TraceEvent): boolean {
    if (event.kind !== "step" || !TAKES.has(event.text)) return false;
    return !this.blocksIn(event);
  }

  /** Whether the thread of this step begins to wait in it. */
  blocksIn(step: TraceEvent): boolean {
    const inIt = this.first(step.index + 1, (event) => event.step !== step.step || event.kind === "blocked");
    return inIt?.kind === "blocked" && inIt.step === step.step && inIt.thread === step.thread;
  }
}

// The innermost hook or syscall at each event, an entry included, and a leaving not.
function hooksOf(events: readonly TraceEvent[]): string[] {
  const inside = new Map<number, string[]>();
  return events.map(({ thread, kind, text }) => {
    const own = inside.get(thread) ?? [];
    inside.set(thread, own);
    if (kind === "enter") own.push(text);
    else if (kind === "leave") own.pop();
    return own.at(-1) ?? "";
  });
}

/** A thread in a sentence. */
export function quoted(event: TraceEvent): string {
  return event.threadName === "" ? "the boot" : `"${event.threadName}"`;
}

/** An object in a sentence: `mutex "read lock"`. */
export function objectWords(event: { readonly objectType: string; readonly object: string }): string {
  return `${event.objectType || "object"} "${event.object}"`;
}

/** Shared data in a sentence: `mailbox.closing` for a field, `"is ready"` for a value with a name of its own. */
export function dataWords(event: { readonly objectType: string; readonly object: string }): string {
  return event.objectType.endsWith("field") ? event.object : JSON.stringify(event.object);
}

/** A frame in a sentence: `in tun_close (drivers/tun/tun.ts:24)`. */
export function placeWords(frame: Frame): string {
  const place = `${frame.file}:${frame.line}`;
  return frame.name === "(anonymous)" ? `at ${place}` : `in ${frame.name} (${place})`;
}

/** The innermost frame that is no code of the simulated system; if every one is, the innermost above its locks. */
export function userFrame(frames: readonly Frame[]): Frame | null {
  const known = userFrames.get(frames);
  if (known !== undefined) return known;
  const user = frames.find((frame) => !isSystemFile(frame.file));
  const found = user ?? frames.find((frame) => !/^src\/(kernel|sync)\//.test(frame.file)) ?? frames[0] ?? null;
  userFrames.set(frames, found);
  return found;
}

/** Threads come by the same places again and again, and a recording has each stack once. */
const userFrames = new WeakMap<readonly Frame[], Frame | null>();

/** Whether a file holds code of the simulated system itself, not of a driver, a scenario or a program. */
export function isSystemFile(file: string): boolean {
  return /^(src\/(base|trace|kernel|sync|vfs|net|system|world|explore|scenario)|devfs)(\/|\.)/.test(file);
}
