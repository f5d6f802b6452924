// What a program runs on: the objects that its threads share, and what each thread has for itself.

import { statusName, B_ERROR, B_OK } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Operation, Steps } from "#kernel/operation";
import { reference, struct, uint32, type InstanceOf } from "#kernel/struct";
import { B_CAN_INTERRUPT, B_RELATIVE_TIMEOUT, type Thread } from "#kernel/thread";
import type { Atomic } from "#sync/atomic";
import { conditionVariable, type ConditionVariable, type ConditionVariableEntry } from "#sync/condition-variable";
import type { Mutex } from "#sync/mutex";
import { mutex as mutexField } from "#sync/mutex-field";
import type { RecursiveLock } from "#sync/recursive-lock";
import type { RwLock } from "#sync/rw-lock";
import type { Semaphore } from "#sync/semaphore";
import type { Shared } from "#sync/shared";
import type { Spinlock } from "#sync/spinlock";
import type { How, Op } from "../program.js";

/** What else a program can be told. */
export interface RunOptions extends KernelOptions {
  /** Each thread begins with an operation of its own: where starting is no step, nothing then comes before it. */
  readonly pointFirst?: boolean;
  /** Each plain access has a point before it, so that it is a step of its own. */
  readonly plainIsPoint?: boolean;
}

export const Box = struct("Box", { x: uint32(), y: uint32() });
export const Cookie = struct("Cookie", { x: uint32(), lock: mutexField("lock"), ready: conditionVariable("ready") });
export const Node = struct("Node", { x: uint32() });
export type Node = InstanceOf<typeof Node>;
export const Slot = struct("Slot", { node: reference<Node>() });

/** All that the threads of a program share. */
export interface World {
  readonly options: RunOptions;
  readonly kernel: Kernel;
  readonly mutexes: readonly Mutex[];
  readonly recursive: RecursiveLock;
  readonly rw: RwLock;
  readonly variable: ConditionVariable;
  readonly semaphore: Semaphore;
  readonly atomics: readonly Atomic[];
  readonly cells: readonly Shared<number>[];
  readonly spinlock: Spinlock;
  /** Null where the program does not use it: it takes long to make. */
  readonly heap: HeapObjects | null;
  readonly threads: Thread[];
  /** Suspended at first, for whoever resumes it. A daemon: it need not run. */
  readonly extra: Thread | null;
  readonly logs: Map<string, (string | number)[]>;
  /** The body of a thread that does this. */
  readonly run: (name: string, ops: readonly Op[]) => Steps<void>;
  /** What a thread does in the middle of its body. */
  readonly perform: (self: Self, ops: readonly Op[]) => Steps<void>;
}

/** What is on the heap from the start. */
export interface HeapObjects {
  readonly box: InstanceOf<typeof Box>;
  readonly cookie: InstanceOf<typeof Cookie>;
  readonly slot: InstanceOf<typeof Slot>;
}

/** One running thread's private things. */
export interface Self {
  readonly name: string;
  readonly log: (string | number)[];
  readonly own: Atomic | null;
  last: string | number;
  children: number;
  lastChild: Thread | null;
  entry: ConditionVariableEntry | null;
}

/** What one operation of a program does. */
export type Act = (world: World, self: Self, op: Required<Op>) => Steps<void>;

/** Which of two is meant. */
export const at = <T>(two: readonly T[], op: Required<Op>): T => two[op.on % 2] as T;
/** How a wait may end, as Haiku's flags and microseconds. */
export const flagsOf = (how: How): number =>
  ({ plain: 0, timed: B_RELATIVE_TIMEOUT, zero: B_RELATIVE_TIMEOUT, interruptible: B_CAN_INTERRUPT })[how];
export const timeoutOf = (how: How): number => (how === "zero" ? 0 : 10);
/** What waiters are to be given. */
export const errorOf = (op: Required<Op>): number => (op.value % 2 === 0 ? B_OK : B_ERROR);

/** Into the thread's log. */
export function note(self: Self, value: string | number): void {
  self.log.push(value);
  self.last = value;
}

/** Performs it, and logs its status by name. */
export function* noteStatus(self: Self, operation: Operation<number>): Steps<void> {
  note(self, statusName(yield* operation));
}

/** Of a program that uses it. */
export function heapOf({ heap }: World): HeapObjects {
  if (heap === null) throw new Error("no heap was made");
  return heap;
}

/** Before a plain access. */
export function* plain(self: Self): Steps<void> {
  if (self.own !== null) yield* self.own.get();
}

/** The body, when the lock was got; then the unlock. */
export function* section(world: World, self: Self, op: Required<Op>, status: number, unlock: () => void): Steps<void> {
  if (status !== B_OK) return note(self, statusName(status));
  yield* world.perform(self, op.body);
  unlock();
}
