// A CPU of a simulated host in measured time: what it runs, how long a thread may have it, and who comes next
// (facts: haiku.md, section 3). The scheduler, src/kernel/haiku-scheduler.ts, owns all of it.

import type { Queued } from "#kernel/cpu-queue";
import type { Kernel } from "#kernel/kernel";
import { B_REAL_TIME_DISPLAY_PRIORITY, ThreadState, type Thread } from "#kernel/thread";

/** Nanoseconds: a thread's time slice, its lower limit, and the longest that a ready thread should wait. */
const QUANTUM = 1_000_000;
const QUANTUM_LEAST = 100_000;
const LATENCY_MOST = 5_000_000;

/** A CPU of a simulated host in measured time. */
export interface Cpu extends Queued {
  readonly kernel: Kernel;
  /** Those of the host that wait for a CPU, in the order in which they came. */
  readonly ready: Thread[];
  readonly number: number;
  current: Thread | null;
  /** Nanoseconds. */
  now: number;
  /** Nanoseconds in which it did something: operations, switches, interrupts. */
  busy: number;
  /** A thread of higher priority became ready here: the next interrupt or block switches. */
  invokeScheduler: boolean;
  /** Switch at the next point, whatever the quantum. */
  reschedule: boolean;
}

/** A host's CPUs, and its threads that wait for one of them. */
export interface HostCpus {
  readonly kernel: Kernel;
  readonly cpus: readonly Cpu[];
  /** In the order in which they came. */
  readonly ready: Thread[];
}

/**
 * The time, in nanoseconds. As private fields of the scheduler these would be new numbers on the heap whenever they change; in an object of
 * their own the engine keeps them in place.
 */
export interface Clock {
  time: number;
  /** Until then, and as long as its quantum lasts, the running thread goes on: no other CPU and no timer comes first. */
  calmUntil: number;
}

export function newClock(): Clock {
  return { time: 0, calmUntil: 0 };
}

/** An idle one. `place` is that among the CPUs of all hosts. */
export function newCpu(kernel: Kernel, ready: Thread[], number: number, place: number, now: number): Cpu {
  // Without spreading: what is read at each step is to be where the engine finds it at once.
  return {
    kernel,
    ready,
    number,
    place,
    queuedAt: -1,
    current: null,
    now,
    busy: 0,
    invokeScheduler: false,
    reschedule: false,
  };
}

export function isBusy({ current }: Cpu): boolean {
  return current !== null && current.state === ThreadState.ready;
}

export function hasWork(cpu: Cpu): boolean {
  return isBusy(cpu) || cpu.ready.length > 0;
}

export function quantumOn({ ready }: Cpu): number {
  return ready.length === 0 ? QUANTUM : Math.max(QUANTUM_LEAST, Math.min(QUANTUM, LATENCY_MOST / ready.length));
}

export function effectivePriority(thread: Thread): number {
  if (thread.priority >= B_REAL_TIME_DISPLAY_PRIORITY) return thread.priority;
  return Math.max(1, thread.priority - thread.penalty);
}

export function spend(cpu: Cpu, nanoseconds: number): void {
  cpu.now += nanoseconds;
  cpu.busy += nanoseconds;
}

/**
 * A thread became ready: an idle CPU takes it at once; else the CPU with the least urgent thread is told.
 * @param running the CPU whose step it is; its own time is not to be changed
 */
export function interruptFor(thread: Thread, cpus: readonly Cpu[], running: Cpu | null, at: number): void {
  for (const cpu of cpus) {
    if (isBusy(cpu)) continue;
    if (cpu !== running && cpu.now < at) cpu.now = at;
    return;
  }
  for (const cpu of cpus) {
    if (cpu.current === null || effectivePriority(cpu.current) >= effectivePriority(thread)) continue;
    cpu.invokeScheduler = true;
    if (cpu !== running) cpu.reschedule = true; // an inter-CPU interrupt
    return;
  }
}

/** Takes out the most urgent one, of equals the one that came first; null when there is none. */
export function takeBest(ready: Thread[]): Thread | null {
  if (ready.length <= 1) return ready.pop() ?? null;
  let best = -1;
  let bestPriority = -1;
  for (let place = 0; place < ready.length; place++) {
    const priority = effectivePriority(ready[place]!);
    if (priority <= bestPriority) continue;
    best = place;
    bestPriority = priority;
  }
  const thread = ready[best] ?? null;
  for (let place = best + 1; place < ready.length; place++) ready[place - 1] = ready[place]!; // `splice` makes an array
  ready.pop();
  return thread;
}
