// Which kernel operations an exploration has carried out, and how often: what "none exists" was said about.
//
// Invariant: what happens in a scenario's set-up does not count.

import { operationVerb, type OperationKind } from "#kernel/operation";
import type { Moment } from "#trace/facts";
import { Recorder } from "#trace/recorder";

/** Operations of one kind on objects of one type, in all executions together, those cut short and run again included. */
export interface OperationCount {
  /** "mutex", "condition variable"; empty for a thread's start and its going on, which are on no object. */
  readonly objectType: string;
  /** "lock", "wait", "time out", ... */
  readonly operation: string;
  readonly count: number;
  /** Of notifies: how many found nobody; 0 for other operations. */
  readonly inVain: number;
}

/** Keeps counts instead of events; one serves for all executions of an exploration. */
export class OperationTally extends Recorder {
  readonly #counts = new Map<string, Map<string, { count: number; inVain: number }>>();
  #now: Moment | null = null;

  constructor() {
    super((kind) => operationVerb(kind as OperationKind), 0);
  }

  /** By type of object, then operation, each in order of first appearance. */
  get operations(): OperationCount[] {
    return [...this.#counts].flatMap(([objectType, operations]) =>
      [...operations].map(([operation, counts]) => ({ objectType, operation, ...counts })),
    );
  }

  override watch(moment: Moment): void {
    this.#now = moment;
    super.watch(moment);
  }

  override step(...[thread]: Parameters<Recorder["step"]>): void {
    this.events.length = 0;
    super.step(thread);
    const event = this.events[0];
    // An unlock that is a step of its own is counted with the others.
    if (event === undefined || event.text === "unlock") return;
    this.#add(event.objectType, event.text === "point" ? "access" : event.text);
  }

  override unlocked(...[object, left]: Parameters<Recorder["unlocked"]>): void {
    super.unlocked(object, left);
    this.#add(object.type, "unlock");
  }

  override expired(...[thread, now]: Parameters<Recorder["expired"]>): void {
    super.expired(thread, now);
    this.#add(thread.waitObject?.type ?? "", "time out");
  }

  override notified(...[object, count, all]: Parameters<Recorder["notified"]>): void {
    super.notified(object, count, all);
    if (count === 0) this.#add(object.type, "notify", 0, 1);
  }

  override ended(): void {
    this.events.length = 0;
  }

  #add(type: string, operation: string, count = 1, inVain = 0): void {
    if (this.#now?.inSetup === true) return;
    let operations = this.#counts.get(type);
    if (operations === undefined) this.#counts.set(type, (operations = new Map()));
    const counts = operations.get(operation);
    if (counts === undefined) operations.set(operation, { count, inVain });
    else {
      counts.count += count;
      counts.inVain += inVain;
    }
  }
}
