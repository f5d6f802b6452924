// How an execution that nobody can continue ended: finished, or a deadlock and who waits for what.

import { UsageError } from "#base/assert";
import { thrownStack, thrownText } from "#base/thrown";
import { visible, visibleLine } from "#base/visible";
import { canGo } from "#kernel/adversary";
import { operationVerb } from "#kernel/operation";
import type { Outcome, OutcomeKind, Waiting } from "#kernel/outcome";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";

/** The end of an execution that somebody has ended. */
export interface Failure {
  readonly kind: OutcomeKind;
  readonly message: string;
  readonly thread: number;
  readonly stack: string;
  readonly isMisuse?: true;
}

/** What a thread's body has thrown, as the end of the execution. */
export function thrownFailure(error: unknown, thread: number): Failure {
  const failure = { kind: "assertion", message: thrownText(error), thread, stack: thrownStack(error) } as const;
  return error instanceof UsageError ? { ...failure, isMisuse: true } : failure;
}

const FINISHED: Outcome = { kind: "finished", message: "", thread: 0, waiting: [], stack: "", inSetup: false };

/** The outcome of a simulation that has stopped running. */
export function conclude(simulation: Simulation, failure: Failure | null): Outcome {
  const inSetup = simulation.inSetup;
  if (failure !== null) {
    return { ...failure, message: visible(failure.message), waiting: waitingThreads(simulation), inSetup };
  }
  const { threads } = simulation;
  if (threads.every(isDone)) return inSetup ? { ...FINISHED, inSetup } : FINISHED;
  const undone = threads.filter((thread) => !isDone(thread));
  const message = deadlockMessage(undone);
  return { kind: "deadlock", message, thread: 0, waiting: waitingThreads(simulation), stack: "", inSetup };
}

function isDone(thread: Thread): boolean {
  return thread.daemon || thread.state === ThreadState.dead;
}

/** The thread that has what `thread` waits for, if any one thread has it. */
export function holderOf(thread: Thread): Thread | null {
  const object = thread.waitObject ?? thread.pendingObject;
  return object === null ? null : object.holder();
}

function waitingThreads(simulation: Simulation): Waiting[] {
  const waiting: Waiting[] = [];
  for (const thread of simulation.threads) {
    if (thread.state === ThreadState.dead || thread.id === simulation.current?.id) continue;
    if (thread.state === ThreadState.ready && canGo(thread)) continue;
    waiting.push(describe(thread));
  }
  return waiting;
}

function describe(thread: Thread): Waiting {
  const object = thread.waitObject ?? (thread.state === ThreadState.ready ? thread.pendingObject : null);
  return {
    thread: visibleLine(thread.title),
    id: thread.id,
    daemon: thread.daemon,
    operation: thread.state === ThreadState.suspended ? "be resumed" : operationVerb(thread.pendingKind),
    object: visibleLine(object?.title ?? ""),
    objectType: object?.type ?? "",
    objectNumber: object?.number ?? 0,
    holder: visibleLine(object?.holder()?.title ?? ""),
  };
}

// Names only, sorted: two executions that end alike say so in the same words.
function deadlockMessage(undone: readonly Thread[]): string {
  const involved = new Set<Thread>(undone);
  for (const thread of involved) {
    const holder = holderOf(thread);
    if (holder !== null && holder.state !== ThreadState.dead) involved.add(holder);
  }
  return [...involved]
    .map((thread) => waitPhrase(describe(thread)))
    .sort()
    .join("; ");
}

/** One thread's wait as a clause: `"ifconfig" waits for thread "tap0 reader"`. */
export function waitPhrase(waiting: Waiting): string {
  const who = `"${waiting.thread}"`;
  if (waiting.object === "") return `${who} waits to ${waiting.operation}`;
  if (waiting.objectType === "thread") return `${who} waits for thread "${waiting.object}"`;
  const held = waiting.holder === "" ? "" : ` held by "${waiting.holder}"`;
  return `${who} waits for ${waiting.objectType} "${waiting.object}"${held}`;
}
