// The abstract machine's state: plain data, so that a copy is a copy and equal states have equal texts.

import type { Program } from "../program.js";
import type { Code, LockName } from "./code.js";

/** Nobody, where a thread's place could stand. */
export const NOBODY = -1;
/** The holder of a mutex that was destroyed: its memory reads zero. */
export const DESTROYED = -2;

export interface ThreadState {
  readonly name: string;
  /** Its list of instructions, and the place in it. */
  readonly code: number;
  at: number;
  life: "suspended" | "ready" | "waiting" | "dead";
  /** Need not have run at the end. */
  readonly daemon: boolean;
  readonly log: (string | number)[];
  last: string | number;
  /** While it waits: what for, and what may end that. */
  waitsFor: string;
  timed: boolean;
  interruptible: boolean;
  /** What ended its wait: the instruction at which it waits gets it. Null when it does not come from a wait. */
  given: string | null;
  signalled: boolean;
  /** The result of its latest wait on the condition variable. */
  waitResult: string;
  /** How deep it had the recursive lock when it began to wait. */
  depth: number;
  /** Its entry, and how that was notified, if it was. */
  entry: { status: string | null } | null;
  children: number;
  child: number;
}

export interface LockState {
  holder: number;
  /** Of the recursive lock. */
  depth: number;
  readonly queue: number[];
}

/** A place in the condition variable's queue. `added` is one that its thread will wait with later. */
export interface EntryState {
  readonly thread: number;
  readonly added: boolean;
  waiting: boolean;
}

export interface State {
  readonly threads: ThreadState[];
  readonly locks: Record<LockName, LockState>;
  readonly rw: { writer: number; depth: number; readers: number[]; queue: { thread: number; writes: boolean }[] };
  entries: EntryState[];
  readonly semaphore: { available: number; deleted: boolean; queue: { thread: number; count: number }[] };
  readonly cells: number[];
  readonly atomics: number[];
  /** What the execution ended with. */
  failure: string | null;
}

export function firstState(program: Program, code: Code): State {
  const lock = (): LockState => ({ holder: NOBODY, depth: 0, queue: [] });
  return {
    threads: [
      ...program.threads.map((_, place) => newThread(`t${place + 1}`, place)),
      { ...newThread("extra", code.length - 1, true), life: "suspended" },
    ],
    locks: { m0: lock(), m1: lock(), r: lock() },
    rw: { writer: NOBODY, depth: 0, readers: [], queue: [] },
    entries: [],
    semaphore: { available: program.units, deleted: false, queue: [] },
    cells: [0, 0],
    atomics: [0, 0],
    failure: null,
  };
}

export function newThread(name: string, code: number, daemon = false): ThreadState {
  return {
    name,
    code,
    at: 0,
    life: "ready",
    daemon,
    log: [],
    last: "",
    waitsFor: "",
    timed: false,
    interruptible: false,
    given: null,
    signalled: false,
    waitResult: "",
    depth: 0,
    entry: null,
    children: 0,
    child: NOBODY,
  };
}

/** The end state as on-kernel/ words it. */
export function endText(state: State): string {
  if (state.failure !== null) return state.failure;
  const ran = state.threads.filter((thread) => thread.at > 0 || thread.life !== "suspended");
  const logs = ran
    .map(({ name, log }) => [name, `${name}[${log.join(" ")}]`] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text);
  const nameOf = (thread: number): string => state.threads[thread]?.name ?? "-";
  const { m0, m1, r } = state.locks;
  const holders = [
    m0.holder,
    m1.holder,
    r.holder,
    state.rw.writer === NOBODY ? (state.rw.readers[0] ?? NOBODY) : state.rw.writer,
  ];
  const undone = state.threads.filter((thread) => thread.life !== "dead" && !thread.daemon);
  const waiting = undone.map((thread) => `${thread.name}: ${thread.waitsFor}`).sort();
  const values = [...state.cells, ...state.atomics];
  const kind = undone.length === 0 ? "finished" : "deadlock";
  return [kind, logs.join(" "), values.join(), holders.map(nameOf).join(), waiting.join()].join(" / ");
}
