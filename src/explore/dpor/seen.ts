// What steps have been seen to touch: for a thread that has a certain history and is about to do a certain operation, the
// footprints of the steps that it then took, over all executions so far.
//
// A step is one operation and the code after it up to the next one, so its footprint is known only once it has run; and in
// another place, where it reads other values, the same thread's next step may touch other things. Partial-order reduction
// has to know whether a step that has not run yet in some place would conflict with a step q that was explored from there.
// The answer is exact, and this is why. Let the subtree of q be explored whole. If all that comes before the step in
// its place is independent of q, then the step has run in that subtree in the same place but for q: its footprint there, G, has been
// seen. If G does not conflict with q then nothing that the step read there was written by q, so without q it reads the same and
// does the same. If G conflicts with q, so does the step without q, up to and including the first access that q can change.
//
// Where some of the footprints that were seen conflict and others do not, it matters in which context each was seen: the identity
// of the thread's step before (for its first, of the step that started it), and the version of each object that the step touched,
// which is the identity of the step that wrote it last. In the same context a step does the same.

import { conflicts, objectOf, type Codes } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import { ThreadState, type Thread } from "#kernel/thread";

/** What is known of a question: open, where both answers were seen. */
export type Answer = "yes" | "no" | "unknown";

const NEVER: readonly Seen[] = [];

/** One way in which a step was seen to go. */
export interface Seen {
  /** What it conflicts by: all that it touched, or EVERYTHING when it failed. */
  readonly footprint: Codes;
  readonly touched: Codes;
  /** Some of the contexts in which it went so: the thread's step before, then the versions of the objects that it touched. */
  readonly contexts: (readonly number[])[];
}

/** What a context is made of, in some place of an execution. */
export interface Place {
  /** The identity of the step that wrote the object last; 0 for none. */
  versionOf(object: number): number;
  /** The identity of the thread's last step; 0 for none. */
  lastStepOf(thread: number): number;
}

/** The context in which a step of the thread touches this. */
export function contextOf(place: Place, thread: number, touched: Codes): number[] {
  const last = place.lastStepOf(thread);
  // The usual one as long as it will be: a list that grows takes more room than it needs.
  if (touched.length === 1) return [last, place.versionOf(objectOf(touched[0] ?? 0))];
  const context = [last];
  for (let i = 0; i < touched.length; i++) context.push(place.versionOf(objectOf(touched[i] ?? 0)));
  return context;
}

/** Contexts that are kept of each way in which a step was seen to go. */
const CONTEXTS_MOST = 16;

/** How steps were seen to go, by a number for the thread, its history and its pending operation. */
export class SeenFootprints {
  readonly #seen: Map<number, Seen[]>;

  /** A value that was chosen before the first step is another: nothing that was seen holds any more. */
  forget(): void {
    this.#seen.clear();
  }

  constructor(entries: Iterable<[number, Seen[]]> = []) {
    this.#seen = new Map(entries);
  }

  /** @param context null when the step also depends on values that were chosen in it */
  note(key: number, footprint: Codes, touched: Codes, context: readonly number[] | null): void {
    const known = this.#seen.get(key);
    if (known === undefined) this.#seen.set(key, [this.#way(key, footprint, touched, context)]);
    else {
      const same = sameWay(known, footprint, touched);
      if (same === undefined) known.push(this.#way(key, footprint, touched, context));
      else if (context !== null && isNew(same.contexts, context)) same.contexts.push(context);
    }
  }

  /** Whether the next step of a thread commutes with one that touched `footprint` and was explored with all that follows it. */
  isIndependentOf(key: number, footprint: Codes): Answer {
    const known = this.#seen.get(key) ?? NEVER;
    let answer: Answer = "no";
    for (let i = 0; i < known.length; i++) {
      const commutes = !conflicts(footprint, known[i]?.footprint ?? []);
      if (i > 0 && commutes !== (answer === "yes")) return "unknown";
      answer = commutes ? "yes" : "no";
    }
    return answer;
  }

  /** How the next step of a thread goes in this place; null when it was not seen in such a context. */
  inContext(key: number, thread: number, place: Place): Seen | null {
    for (const seen of this.#seen.get(key) ?? NEVER) {
      const here = contextOf(place, thread, seen.touched);
      if (seen.contexts.some((context) => sameNumbers(context, here))) return seen;
    }
    return null;
  }

  /** Whether two steps have conflicted whenever they were seen. */
  alwaysConflict(key: number, other: number): boolean {
    const others = this.#seen.get(other) ?? NEVER;
    const known = this.#seen.get(key) ?? NEVER;
    return known.every((each) => others.every((one) => conflicts(each.footprint, one.footprint)));
  }

  entries(): [number, Seen[]][] {
    return [...this.#seen];
  }

  #way(key: number, footprint: Codes, touched: Codes, context: readonly number[] | null): Seen {
    return { footprint, touched, contexts: context === null ? [] : [context] };
  }
}

// Asked at each new step: loops, because a callback costs more than what it does here.
function sameWay(known: readonly Seen[], footprint: Codes, touched: Codes): Seen | undefined {
  for (let i = 0; i < known.length; i++) {
    const each = known[i];
    if (each !== undefined && sameNumbers(each.touched, touched) && sameNumbers(each.footprint, footprint)) return each;
  }
  return undefined;
}

function isNew(contexts: readonly (readonly number[])[], context: readonly number[]): boolean {
  if (contexts.length >= CONTEXTS_MOST) return false;
  for (let i = 0; i < contexts.length; i++) if (sameNumbers(contexts[i] ?? [], context)) return false;
  return true;
}

/** The identity of a step: what its thread had done and was about to do, and in which context. */
export function identityOfStep(key: number, touched: Codes, context: readonly number[]): number {
  let mark = mixed(key, touched.length);
  for (let i = 0; i < touched.length; i++) mark = mixed(mark, touched[i] ?? 0);
  for (let i = 0; i < context.length; i++) mark = mixed(mark, context[i] ?? 0);
  return mark;
}

/** What a thread is about to do, as one number: its operation, its object, whether its wait would end by time. */
export function pendingOf(thread: Thread): number {
  const flags = (thread.deferred === null ? 0 : 1) + (thread.state === ThreadState.ready ? 0 : 2);
  const { complete, mutexRelock, recursiveRelock } = OperationKind;
  const { pendingKind } = thread;
  const ends =
    pendingKind === complete
      ? thread.waitStatus
      : pendingKind === mutexRelock || pendingKind === recursiveRelock
        ? thread.relockResult
        : 0;
  const kind = pendingKind + 64 * ends;
  return mixed(mixed(flags, kind), thread.pendingObject?.number ?? 0);
}

/** A thread's history with one step more. */
export function historyAfter(history: number, footprint: Codes, values: readonly number[]): number {
  let mark = mixed(history, footprint.length);
  for (let i = 0; i < footprint.length; i++) mark = mixed(mark, footprint[i] ?? 0);
  for (let i = 0; i < values.length; i++) mark = mixed(mark, -1 - (values[i] ?? 0));
  return mark;
}

/** Two numbers as one: equal for equal ones. That others may come out equal, too, only leaves more answers open. */
export function mixed(mark: number, value: number): number {
  const high = (value | 0) === value ? value >> 31 : Math.floor(value / 0x1_0000_0000);
  const low = Math.imul((mark | 0) ^ (value | 0), 0x9e3779b1) ^ high;
  return Math.imul(low ^ (low >>> 15), 0x85ebca6b) ^ (low >>> 13);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
