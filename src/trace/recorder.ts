// Writes the trace of one execution. Unwatched executions have no recorder and record nothing.

import type { EventKind, Frame } from "#trace/event";
import { rawMemoryOf } from "#trace/facts";
import type { BlockFacts, LiveObject, Moment, ObjectFacts, PendingThread, ThreadFacts } from "#trace/facts";
import { visible, visibleLine } from "#base/visible";
import { RecordedEvent } from "#trace/recorded-event";
import type { TakenStack } from "#trace/stack";
import { StackTaker } from "#trace/stack-taker";

const FOR_JUDGES: ReadonlySet<EventKind> = new Set(["acquired", "created", "read", "ordered", "interrupts"]);
/** What a step only does on its way. */
const ASIDE = new Set<EventKind>(["read", "access", "acquired", "unlocked", "allocated", "created", "enter"]);
const NOBODY: ThreadFacts = { id: 0, name: "" };
const NOTHING: ObjectFacts = { name: "", type: "", number: 0 };

/**
 * A longer trace says no more of what only judges ask (reads, who has which lock, what the kernel keeps in order), keeps only
 * its latest stacks, and is not judged: half of a trace would accuse the innocent, and all of it would need more memory
 * than there is.
 */
export const JUDGED_EVENTS_MOST = 50_000;

export class Recorder {
  readonly events: RecordedEvent[] = [];
  /** Called at each step, after its event and before it takes effect. */
  onStep: ((thread: PendingThread) => void) | null = null;
  /** After so many steps no stacks are taken any more. */
  stackSteps = Number.POSITIVE_INFINITY;
  /**
   * After so many steps no stacks are taken of what a step only does on its way: of a long trace hardly anybody asks where
   * each of these was, and they are four of five.
   */
  asideSteps = Number.POSITIVE_INFINITY;
  /** Which stacks are read when they are taken: those that somebody will read anyhow, since one that waits holds memory. */
  reads: "none" | "steps" | "all" = "none";
  readonly #verb: (kind: number) => string;
  readonly #isBrief: boolean;
  /** The objects that the trace has spoken of, by their numbers. */
  readonly #seen = new Map<number, ObjectFacts>();
  readonly #lastStacks = new Map<number, TakenStack>();
  readonly #stacks: StackTaker;
  /** Names as they are shown, by what they are. */
  readonly #shown = new Map<string, string>();
  #moment: Moment | null = null;
  #accused: LiveObject | null = null;

  /**
   * @param verb the printed verb of an operation kind
   * @param depth how many frames of each stack are taken, innermost first: most of recording's time goes there
   * @param isBrief a trace too long to be judged keeps its beginning, and what is printed: for runs of hours
   */
  constructor(verb: (kind: number) => string, depth = 100, isBrief = false) {
    this.#verb = verb;
    this.#stacks = new StackTaker(depth, JUDGED_EVENTS_MOST);
    this.#isBrief = isBrief;
  }

  /** The recorder begins to watch this simulation. */
  watch(moment: Moment): void {
    this.#moment = moment;
  }

  /** A thread's pending operation is about to take effect. */
  step(thread: PendingThread): void {
    const unlock = thread.deferred;
    const text = unlock === null ? this.#verb(thread.pendingKind) : "unlock";
    const object = unlock === null ? (thread.pendingObject ?? NOTHING) : { ...NOTHING, name: unlock.name };
    const stack = this.#stepStack(thread);
    if (stack !== null) this.#lastStacks.set(thread.id, stack);
    this.#add("step", thread, text, object, 0, 0, stack);
    if (rawMemoryOf(thread) !== 0) this.#add("read", thread, object.name, object, 0, rawMemoryOf(thread), stack);
    this.onStep?.(thread);
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

  /** A thread has got this: a lock, which it then has `value` times, or `value` of a semaphore. */
  acquired(object: ObjectFacts, thread: ThreadFacts, value = 1, text = "lock"): void {
    const stack = thread.id === this.#current().id ? this.#asideStack("acquired") : null;
    this.#add("acquired", thread, text, object, value, 0, stack);
  }

  /** The running thread gives a lock back, and still has it `left` times. */
  unlocked(object: ObjectFacts, left = 0): void {
    this.#add("unlocked", this.#current(), "unlock", object, left, 0, this.#asideStack("unlocked"));
  }

  /** A notify, or a release of all waiters, found `count` threads. */
  notified(object: ObjectFacts, count: number, all: boolean): void {
    this.#add("notified", this.#current(), all ? "all" : "one", object, count);
  }

  spawned(thread: ThreadFacts & ObjectFacts & { readonly daemon: boolean }): void {
    const daemon = thread.daemon ? 1 : 0;
    this.#add("spawned", this.#current(), thread.title ?? thread.name, thread, daemon, thread.id, this.#stack());
  }

  exited(thread: PendingThread & ObjectFacts): void {
    this.#add("exited", thread, "exit", thread, thread.exitStatus);
  }

  created(object: ObjectFacts): void {
    this.#add("created", this.#current(), "create", object, 0, 0, this.#asideStack("created"));
  }

  allocated(block: BlockFacts, how: "new" | "malloc"): void {
    this.#add("allocated", this.#current(), how, asObject(block), 0, 0, this.#asideStack("allocated"));
  }

  freed(block: BlockFacts): void {
    this.#add("freed", this.#current(), "free", asObject(block), 0, 0, this.#stack());
  }

  touchedFreed(block: BlockFacts, what: string): void {
    this.#add("touched-freed", this.#current(), what, asObject(block), 0, 0, this.#stack());
  }

  /** Plain shared data is read; `block` is the number of the block that it lies in, 0 for none. */
  read(object: ObjectFacts, block = 0): void {
    this.#add("read", this.#current(), object.name, object, 0, block, this.#accessStack("read"));
  }

  /** Plain shared data is written. */
  access(object: ObjectFacts, value: unknown, block = 0): void {
    const number = typeof value === "number" ? value : 0;
    const text = `${object.name} = ${describeValue(value)}`;
    this.#add("access", this.#current(), text, object, number, block, this.#accessStack("access"));
  }

  /** The kernel's own order: 1, others' doings come before the running thread's; 2, the other way round; 3, both. */
  ordered(object: ObjectFacts, direction: 1 | 2 | 3): void {
    this.#add("ordered", this.#current(), "", object, direction);
  }

  interruptsOn(): void {
    this.#add("interrupts", this.#current(), "on", NOTHING, 1);
  }

  /** A syscall or a hook begins. */
  enter(name: string): void {
    this.#add("enter", this.#current(), name, NOTHING, 0, 0, this.#asideStack("enter"));
  }

  /** A syscall or a hook ends with this status or number of bytes; open and free hooks say with which cookie. */
  leave(name: string, value: number, cookie: BlockFacts | null = null): void {
    this.#add("leave", this.#current(), name, cookie === null ? NOTHING : asObject(cookie), value);
  }

  /** A value was chosen inside a step. A question of two answers is answered with yes or no. */
  choice(value: number, count: number, why: string): void {
    const answer =
      count === 2 && why.endsWith("?") ? ` ${value === 1 ? "yes" : "no"}` : `: ${value} of 0..${count - 1}`;
    this.#add("choice", this.#current(), `${why}${answer}`, NOTHING, value, 0, this.#stack());
  }

  output(text: string): void {
    this.#add("output", this.#current(), text, NOTHING);
  }

  failed(thread: ThreadFacts, text: string): void {
    this.#add("failed", thread, text, NOTHING);
  }

  panicked(_kernel: unknown, thread: ThreadFacts | null, text: string): void {
    const object = this.#accused;
    this.#add("panicked", thread ?? NOBODY, text, object ?? NOTHING, object?.memory?.number ?? 0, 0, this.#stack());
  }

  /** The panic that comes next is about this object. */
  accuse(object: LiveObject): void {
    this.#accused = object;
  }

  /** The execution is over: where each thread that is not done waits, and for what; and what those look at that go round. */
  ended(threads: readonly PendingThread[]): void {
    for (const thread of threads) {
      thread.probe(() => {
        const object = thread.waitObject ?? thread.pendingObject;
        const holder = object?.holder()?.id ?? 0;
        this.#add("waiting", thread, this.#verb(thread.pendingKind), object ?? NOTHING, 0, holder, this.#stack());
      });
      for (const number of thread.watched) {
        const object = this.#seen.get(number);
        if (object !== undefined) this.#add("watched", thread, object.stateWords?.() ?? "", object);
      }
    }
  }

  /** From now on `source` says the frames that `asideSteps` has left out, when they are looked at. */
  lookUpAside(source: (event: RecordedEvent) => readonly Frame[]): void {
    for (const event of this.events) if (ASIDE.has(event.kind)) event.lookUpFrames(source, this.asideSteps);
  }

  /** Where the thread's last step was, as ", at file:line". */
  lastPlaceOf(thread: number): string {
    const frame = this.#lastStacks.get(thread)?.frames.find((each) => !each.file.startsWith("src/"));
    return frame === undefined ? "" : `, at ${frame.file}:${frame.line}`;
  }

  // A name is one line, whatever it holds: it stands in columns.
  #nameOf({ title, name }: ThreadFacts | ObjectFacts): string {
    const given = title ?? name;
    const known = this.#shown.get(given);
    if (known !== undefined) return known;
    const shown = visibleLine(given);
    this.#shown.set(given, shown);
    return shown;
  }

  #current(): ThreadFacts {
    return this.#moment?.current ?? NOBODY;
  }

  #takesStacks(): boolean {
    return this.#moment === null || this.#moment.steps <= this.stackSteps;
  }

  #stepStack({ id }: ThreadFacts): TakenStack | null {
    if (this.reads === "none" || !this.#takesStacks()) return this.#stack();
    return this.#stacks.read(id, this.#moment?.beginStep ?? this.step);
  }

  #stack(): TakenStack | null {
    if (!this.#takesStacks()) return null;
    return this.reads === "all" ? this.#stacks.read(this.#current().id) : this.#stacks.take();
  }

  // Nobody asks where the set-up read or wrote a field; it does so often.
  #accessStack(kind: EventKind): TakenStack | null {
    return this.#moment?.inSetup === true ? null : this.#asideStack(kind);
  }

  // What will be no event needs no stack.
  #asideStack(kind: EventKind): TakenStack | null {
    const isPast = this.#moment !== null && this.#moment.steps > this.asideSteps;
    return isPast || this.#leavesOut(kind) ? null : this.#stack();
  }

  #leavesOut(kind: EventKind): boolean {
    return this.events.length >= JUDGED_EVENTS_MOST && FOR_JUDGES.has(kind);
  }

  #add(
    kind: EventKind,
    thread: ThreadFacts,
    text: string,
    object: ObjectFacts,
    value = 0,
    other = 0,
    stack: TakenStack | null = null,
  ): void {
    if (this.#isBrief && this.events.length > JUDGED_EVENTS_MOST && kind !== "output") return;
    const moment = this.#moment;
    if (object.number !== 0) this.#seen.set(object.number, object);
    if (this.#leavesOut(kind)) return;
    const facts = {
      kind,
      index: this.events.length,
      step: moment?.steps ?? 0,
      time: moment?.now() ?? 0,
      thread: thread.id,
      threadName: this.#nameOf(thread),
      text: kind === "spawned" ? this.#nameOf(object) : visible(text),
      object: this.#nameOf(object),
      objectType: object.type,
      objectNumber: object.number,
      value,
      other,
      inSetup: moment?.inSetup ?? false,
    };
    this.events.push(new RecordedEvent(facts, stack));
  }
}

function asObject(block: BlockFacts): ObjectFacts {
  return { name: block.type.name, type: "heap block", number: block.number };
}

/** A value as a trace shows it. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object" || typeof value === "function") return "...";
  return JSON.stringify(value) ?? String(value);
}
