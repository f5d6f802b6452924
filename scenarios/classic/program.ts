// A program of the literature as a scenario: some threads, made at once, and what they share.
//
// Two settings belong to all of them. `points=every` counts as the literature does (facts: explorer.md, D.3): an unlock and a
// notify are steps of their own, and starting a thread is none. `wakeups=any` lets a notify take any waiter, where the
// kernel takes the first; it is there where a program waits on a condition variable. Within a step plain accesses are
// atomic: where a paper makes every shared access a step, the program here has atomics, which it reads and sets.
// Where speed is measured, threads' bodies stand outside: a generator function made in each execution costs the engine more than
// all that its thread then does (docs/architecture.md, "Speed").

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import { scenario, type Expectation, type Judge, type Parameter, type Scenario } from "#scenario/types";
import type { Atomic } from "#sync/atomic";
import type { Mutex } from "#sync/mutex";

export type Body = () => Steps<void>;

/** The threads of a program, by their names, in the order in which they are made. */
export type Threads = Readonly<Record<string, Body>>;

type Parameters = Readonly<Record<string, Parameter>>;
type ValueOf<Default> = Default extends number ? number : Default extends boolean ? boolean : string;

/** The values of declared parameters, each of its parameter's type. */
export type ValuesOf<P extends Parameters> = { readonly [Name in keyof P]: ValueOf<P[Name]["default"]> };

export interface Classic<P extends Parameters> {
  /** One sentence: what this shows. */
  readonly about: string;
  readonly parameters: P;
  readonly expect: Expectation;
  readonly heap?: "faithful" | "guarded";
  /** Makes what the threads share, and says what each of them does. */
  threads(kernel: Kernel, parameters: ValuesOf<P>, judge: Judge): Threads;
}

/** What every program can be told. */
const POINTS = {
  points: {
    default: "operations",
    oneOf: ["operations", "every"],
    about: "every: unlocks are steps, starting a thread is none, as the literature counts interleavings",
  },
} as const;

/** For programs that wait on a condition variable. */
export const WAKEUPS = {
  wakeups: { default: "fifo", oneOf: ["fifo", "any"], about: "which waiter a notify of one wakes" },
} as const;

/** For programs with a defect. @param how what is done instead */
export function fixedBy(how: string): { readonly fixed: { readonly default: false; readonly about: string } } {
  return { fixed: { default: false, about: how } };
}

/** A size. */
export function size<const N extends number>(
  value: N,
  about: string,
  least = 1,
  most = 64,
): { readonly default: N; readonly about: string; readonly least: number; readonly most: number } {
  return { default: value, about, least, most };
}

/** Declares a program as the scenario `classic/NAME`. */
export function classic<const P extends Parameters>(name: string, program: Classic<P>): Scenario {
  const { about, expect, heap } = program;
  return scenario(`classic/${name}`, {
    about,
    expect,
    parameters: { ...program.parameters, ...POINTS },
    ...(heap === undefined ? {} : { heap }),
    simulation: ({ points, wakeups }): Partial<SimulationOptions> => ({
      ...(points === "every" ? { pointsBefore: "every", startIsStep: false } : {}),
      ...(wakeups === "any" ? { wakeups } : {}),
    }),
    *run({ kernel, judge, parameters }) {
      const threads = program.threads(kernel, parameters as ValuesOf<P>, judge);
      for (const [threadName, body] of Object.entries(threads)) kernel.spawn(threadName, body);
    },
  });
}

/** `count` threads that do alike, called NAME1, NAME2... */
export function alike(name: string, count: number, body: (place: number) => Body): Threads {
  const threads: Record<string, Body> = {};
  namesOf(name, count).forEach((each, place) => (threads[each] = body(place)));
  return threads;
}

/** What `alike` calls threads; kept, because each execution asks again. */
const NAMES = new Map<string, readonly string[]>();

function namesOf(name: string, count: number): readonly string[] {
  const known = NAMES.get(name);
  if (known?.length === count) return known;
  const names = Array.from({ length: count }, (_, place) => `${name}${place + 1}`);
  NAMES.set(name, names);
  return names;
}

/** Does `work` with the mutex held. */
export function* locked(mutex: Mutex, work: () => void): Steps<void> {
  yield* mutex.lock();
  work();
  mutex.unlock();
}

/** A critical section in which two threads notice each other. @param inside how many are in it */
export function* criticalSection(inside: Atomic): Steps<void> {
  check((yield* inside.add(1)) === 0, "two threads are in the critical section");
  yield* inside.add(-1);
}

/** What a program of the literature asserts. The stack of what it throws begins with its caller. */
export function check(holds: boolean, otherwise: string): void {
  if (holds) return;
  const error = new Error(otherwise);
  Error.captureStackTrace(error, check);
  throw error;
}
