// What a thread is doing at a moment, as Haiku's thread list says it.
//
// While exploring, a thread that would have to queue for a lock has not taken its step yet; on the machine it would be
// waiting, and so it is called here. In measured time it queues.

import { canGo } from "#kernel/adversary";
import { operationVerb } from "#kernel/operation";
import { formatAddress, type KernelObject } from "#kernel/kernel-object";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Moment } from "#kdl/moment";

export type StateWord = "running" | "ready" | "waiting" | "suspended" | "zzz" | "death";

/** What the thread waits for, or is about to ask for in vain; null when it could go on. */
export function awaited(thread: Thread): KernelObject | null {
  if (thread.state === ThreadState.blocked || thread.state === ThreadState.sleeping) return thread.waitObject;
  const { adversarial } = thread.kernel.simulation.scheduler;
  const isAbout = adversarial && thread.state === ThreadState.ready && !thread.spinning && !canGo(thread);
  return isAbout ? thread.pendingObject : null;
}

export function stateOf(moment: Moment, thread: Thread): StateWord {
  switch (thread.state) {
    case ThreadState.suspended:
      return "suspended";
    case ThreadState.dead:
      return "death";
    case ThreadState.sleeping:
    case ThreadState.blocked:
      return thread.waitObject === null || thread.waitObject.type === "clock" ? "zzz" : "waiting";
    case ThreadState.ready:
      if (awaited(thread) !== null) return "waiting";
      return thread === moment.current ? "running" : "ready";
  }
}

/** "mutex" and the address: the two columns of the thread list. A semaphore is known by its id. */
export function waitColumns(moment: Moment, thread: Thread): [what: string, object: string] {
  const object = awaited(thread);
  if (stateOf(moment, thread) !== "waiting" || object === null) {
    return stateOf(moment, thread) === "waiting" ? ["other", ""] : ["-", ""];
  }
  switch (object.type) {
    case "semaphore":
      return ["sem", String(object.number)];
    case "condition variable":
      return [`cvar:${object.name.slice(0, 4)}`, formatAddress(object.address)];
    case "mutex":
    case "recursive lock":
      return ["mutex", formatAddress(object.address)];
    case "rw lock":
      return ["rwlock", formatAddress(object.address)];
    default:
      return ["other", formatAddress(object.address)];
  }
}

/** A wait in words: `mutex "read lock"`; empty when it could go on. */
export function waitWords(thread: Thread): string {
  const object = awaited(thread);
  if (object === null) return "";
  if (object.type === "clock") return operationVerb(thread.pendingKind) === "yield" ? "its turn" : "time to pass";
  return `${object.type} "${object.title}"`;
}

/** What a thread that is not waiting will do next: `lock "read lock"`. */
export function nextWords(thread: Thread): string {
  if (thread.state === ThreadState.dead) return "nothing: it is dead";
  if (thread.deferred !== null) return `unlock "${thread.deferred.name}"`;
  const object = thread.pendingObject;
  const name = object === null || object.type === "clock" ? "" : ` "${object.title}"`;
  const verb = operationVerb(thread.pendingKind);
  if (thread.generator === null) return "start";
  return `${verb === "point" ? "access" : verb}${name}`;
}

/** What a thread would do if it went next: `"reader": lock "read lock"`. A wait with a deadline may end at any time. */
export function planOf(thread: Thread): string {
  const object = awaited(thread);
  const ends = object?.type === "clock" ? "its sleep ends" : `its wait for ${waitWords(thread)} ends`;
  return `"${thread.title}": ${object === null ? nextWords(thread) : ends}`;
}

/** Who waits for this object, those in its queue first. */
export function waitersOf(moment: Moment, object: KernelObject): readonly Thread[] {
  const queued = (object as { readonly waiters?: readonly Thread[] }).waiters ?? [];
  const others = moment.livingThreads.filter((thread) => thread !== object && awaited(thread) === object);
  return [...new Set([...queued, ...others])];
}

/** The CPU on which it runs: "0"; "-" for all others. */
export function cpuOf(moment: Moment, thread: Thread): string {
  if (stateOf(moment, thread) !== "running") return "-";
  return thread.cpu >= 0 ? String(thread.cpu) : "0";
}
