// Writes the trace of one execution. Unwatched executions have no recorder and record nothing.

import type { EventKind, Frame, TraceEvent } from "#trace/event";
import { captureStack, parseStack } from "#trace/stack";

/** What the recorder needs to know of a thread, an object, a block and a simulation: plain facts. */
interface ThreadFacts {
  readonly id: number;
  readonly name: string;
}
interface ObjectFacts {
  readonly name: string;
  readonly type: string;
  readonly number: number;
}
interface LiveObject extends ObjectFacts {
  readonly memory: { readonly number: number } | null;
  holder(): ThreadFacts | null;
}
interface PendingThread extends ThreadFacts {
  readonly pendingKind: number;
  readonly pendingObject: LiveObject | null;
  readonly deferred: readonly { readonly name: string }[];
  readonly waitObject: LiveObject | null;
  readonly deadline: number;
  readonly waitStatus: number;
  readonly exitStatus: number;
  /** Calls `stop` where this suspended thread's stack can be taken. */
  probe(stop: () => void): void;
}
interface BlockFacts {
  readonly type: { readonly name: string };
  readonly number: number;
}
/** Where a recorder reads the moment from. */
export interface Moment {
  readonly steps: number;
  readonly inSetup: boolean;
  readonly current: ThreadFacts | null;
  now(): number;
}

const NOBODY: ThreadFacts = { id: 0, name: "" };
const NOTHING: ObjectFacts = { name: "", type: "", number: 0 };

export class Recorder {
  readonly events: TraceEvent[] = [];
  readonly #verb: (kind: number) => string;
  readonly #lastFrames = new Map<number, readonly Frame[]>();
  #moment: Moment | null = null;
  #accused: LiveObject | null = null;

  /** @param verb the printed verb of an operation kind */
  constructor(verb: (kind: number) => string) {
    this.#verb = verb;
  }

  /** The recorder begins to watch this simulation. */
  watch(moment: Moment): void {
    this.#moment = moment;
  }

  /** A thread's pending operation is about to take effect. */
  step(thread: PendingThread): void {
    const unlock = thread.deferred[0];
    const text = unlock === undefined ? this.#verb(thread.pendingKind) : "unlock";
    const object = unlock === undefined ? (thread.pendingObject ?? NOTHING) : { ...NOTHING, name: unlock.name };
    const frames = this.#frames();
    this.#lastFrames.set(thread.id, frames);
    this.#add("step", thread, text, object, 0, 0, frames);
  }

  blocked(thread: PendingThread): void {
    const limit = thread.deadline === Number.POSITIVE_INFINITY ? -1 : thread.deadline;
    this.#add("blocked", thread, this.#verb(thread.pendingKind), thread.waitObject ?? NOTHING, limit);
  }

  woken(thread: PendingThread): void {
    const before = this.events.at(-1);
    const byTime = before?.kind === "expired" && before.thread === thread.id;
    const by = byTime ? 0 : (this.#moment?.current?.id ?? 0);
    this.#add("woken", thread, "", thread.waitObject ?? NOTHING, thread.waitStatus, by === thread.id ? 0 : by);
  }

  /** A wait with a deadline ends by time, at `now`. */
  expired(thread: PendingThread, now: number): void {
    this.#add("expired", thread, this.#verb(thread.pendingKind), thread.waitObject ?? NOTHING, now);
  }

  unlocked(object: ObjectFacts): void {
    this.#add("unlocked", this.#current(), "unlock", object, 0, 0, this.#frames());
  }

  /** A notify, or a release of all waiters, found `count` threads. */
  notified(object: ObjectFacts, count: number, all: boolean): void {
    this.#add("notified", this.#current(), all ? "all" : "one", object, count);
  }

  spawned(thread: ThreadFacts & { readonly daemon: boolean }): void {
    this.#add("spawned", this.#current(), thread.name, NOTHING, thread.daemon ? 1 : 0, thread.id);
  }

  exited(thread: PendingThread): void {
    this.#add("exited", thread, "exit", NOTHING, thread.exitStatus);
  }

  allocated(block: BlockFacts): void {
    this.#add("allocated", this.#current(), "allocate", asObject(block), 0, 0, this.#frames());
  }

  freed(block: BlockFacts): void {
    this.#add("freed", this.#current(), "free", asObject(block), 0, 0, this.#frames());
  }

  touchedFreed(block: BlockFacts, what: string): void {
    this.#add("touched-freed", this.#current(), what, asObject(block), 0, 0, this.#frames());
  }

  /** A plain shared variable is written. */
  access(name: string, value: unknown): void {
    const number = typeof value === "number" ? value : 0;
    const frames = this.#moment?.inSetup === true ? [] : this.#frames();
    this.#add("access", this.#current(), `${name} = ${describeValue(value)}`, NOTHING, number, 0, frames);
  }

  /** A syscall or a hook begins. */
  enter(name: string): void {
    this.#add("enter", this.#current(), name, NOTHING);
  }

  /** A syscall or a hook ends with this status or number of bytes. */
  leave(name: string, value: number): void {
    this.#add("leave", this.#current(), name, NOTHING, value);
  }

  choice(value: number, count: number, why: string): void {
    this.#add("choice", this.#current(), `${why}: ${value} of ${count}`, NOTHING, value);
  }

  output(text: string): void {
    this.#add("output", this.#current(), text, NOTHING);
  }

  failed(thread: ThreadFacts, text: string): void {
    this.#add("failed", thread, text, NOTHING);
  }

  panicked(_kernel: unknown, thread: ThreadFacts | null, text: string): void {
    const object = this.#accused;
    this.#add("panicked", thread ?? NOBODY, text, object ?? NOTHING, object?.memory?.number ?? 0, 0, this.#frames());
  }

  /** The panic that comes next is about this object. */
  accuse(object: LiveObject): void {
    this.#accused = object;
  }

  /** The execution is over: where each thread that is not done waits, and for what. */
  ended(threads: readonly PendingThread[]): void {
    for (const thread of threads) {
      thread.probe(() => {
        const object = thread.waitObject ?? thread.pendingObject;
        const frames = parseStack(captureStack());
        const holder = object?.holder()?.id ?? 0;
        this.#add("waiting", thread, this.#verb(thread.pendingKind), object ?? NOTHING, 0, holder, frames);
      });
    }
  }

  /** Where the thread's last step was, as ", at file:line". */
  lastPlaceOf(thread: number): string {
    const frame = this.#lastFrames.get(thread)?.find((each) => !each.file.startsWith("src/"));
    return frame === undefined ? "" : `, at ${frame.file}:${frame.line}`;
  }

  #current(): ThreadFacts {
    return this.#moment?.current ?? NOBODY;
  }

  #frames(): readonly Frame[] {
    return parseStack(captureStack());
  }

  #add(
    kind: EventKind,
    thread: ThreadFacts,
    text: string,
    object: ObjectFacts,
    value = 0,
    other = 0,
    frames: readonly Frame[] = [],
  ): void {
    const moment = this.#moment;
    this.events.push({
      kind,
      index: this.events.length,
      step: moment?.steps ?? 0,
      time: moment?.now() ?? 0,
      thread: thread.id,
      threadName: thread.name,
      text,
      object: object.name,
      objectType: object.type,
      objectNumber: object.number,
      value,
      other,
      frames,
      inSetup: moment?.inSetup ?? false,
    });
  }
}

function asObject(block: BlockFacts): ObjectFacts {
  return { name: block.type.name, type: "heap block", number: block.number };
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object" || typeof value === "function") return "...";
  return JSON.stringify(value) ?? String(value);
}
