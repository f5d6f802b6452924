// Who used the CPUs of a measured run, and how long threads waited for one: what the scheduler notes, and how to ask.
//
// Costs are assumptions (src/kernel/costs.ts), so these numbers are for comparing, not for predicting.

import { Histogram } from "#base/histogram";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** What the scheduler of measured time notes, in nanoseconds. */
export class CpuNotes {
  /** By the threads' own index. */
  readonly #waits: (Wait | undefined)[] = [];
  readonly latencies: (Histogram | undefined)[] = [];

  woken(thread: Thread, at: number): void {
    const wait = (this.#waits[thread.index] ??= newWait());
    wait.began = at;
    wait.isWoken = true;
  }

  /** The thread has to give its CPU to another one. */
  preempted(thread: Thread, at: number): void {
    const wait = (this.#waits[thread.index] ??= newWait());
    wait.began = at;
    wait.isWoken = false;
  }

  /** Before this it was not ready, and no CPU can have it, however far behind that CPU's clock is. */
  readyAt(thread: Thread): number {
    const wait = this.#waits[thread.index];
    return wait === undefined ? 0 : wait.began;
  }

  /** The thread has got a CPU. */
  dispatched(thread: Thread, at: number): void {
    const wait = this.#waits[thread.index];
    if (wait === undefined || !wait.isWoken) return;
    wait.isWoken = false;
    const latencies = (this.latencies[thread.index] ??= new Histogram());
    latencies.add(Math.max(0, at - wait.began) / 1_000);
  }
}

// When a thread came to wait for a CPU, and whether because it was woken. Noted at each switch: in an object of its own the engine keeps
// the number in place.
interface Wait {
  began: number;
  isWoken: boolean;
}

function newWait(): Wait {
  return { began: 0, isWoken: false };
}

/** A CPU's part in a stretch of time. */
export interface CpuUse {
  readonly host: string;
  readonly cpu: number;
  readonly busyUs: number;
  /** 0 .. 1 */
  readonly share: number;
}

/** A thread's part. */
export interface ThreadUse {
  readonly host: string;
  readonly team: string;
  readonly thread: string;
  readonly id: number;
  readonly cpuTimeUs: number;
  /** Of one CPU: 0 .. 1 */
  readonly share: number;
  /** Microseconds from being woken to having a CPU, since the host was booted. */
  readonly wakeUps: Histogram;
}

/** A team's part: that of its threads together. */
export interface TeamUse {
  readonly host: string;
  readonly team: string;
  readonly cpuTimeUs: number;
  /** Of one CPU: 1 is one CPU all the time. */
  readonly share: number;
}

export interface Use {
  readonly elapsedUs: number;
  readonly cpus: readonly CpuUse[];
  readonly threads: readonly ThreadUse[];
  readonly teams: readonly TeamUse[];
}

/** What a scheduler in measured time gives to be read: busy nanoseconds of each CPU, and its notes. */
export interface Measured {
  readonly notes: CpuNotes;
  readonly cpuTimes: readonly { readonly host: string; readonly cpu: number; readonly busy: number }[];
}

/** Whether a scheduler measures. */
function isMeasured(scheduler: object): scheduler is Measured {
  return "notes" in scheduler && "cpuTimes" in scheduler;
}

/**
 * Starts to measure: the function it gives says who used the CPUs since. In exploring time there is nothing to
 * measure, and all is 0.
 */
export function startMeasuring(simulation: Simulation): () => Use {
  const began = simulation.now();
  const threadTimes = new Map(simulation.threads.map((thread) => [thread, thread.cpuTime]));
  const cpuTimes = (isMeasured(simulation.scheduler) ? simulation.scheduler.cpuTimes : []).map(({ busy }) => busy);
  return () => useSince(simulation, began, threadTimes, cpuTimes);
}

function useSince(
  simulation: Simulation,
  began: number,
  threadTimes: ReadonlyMap<Thread, number>,
  cpuTimes: readonly number[],
): Use {
  const elapsedUs = simulation.now() - began;
  const share = (microseconds: number): number => (elapsedUs > 0 ? microseconds / elapsedUs : 0);
  const measured = isMeasured(simulation.scheduler) ? simulation.scheduler : null;
  const threads = simulation.threads.map((thread): ThreadUse => {
    const cpuTimeUs = (thread.cpuTime - (threadTimes.get(thread) ?? 0)) / 1_000;
    return {
      host: thread.kernel.name,
      team: thread.team.name,
      thread: thread.name,
      id: thread.id,
      cpuTimeUs,
      share: share(cpuTimeUs),
      wakeUps: measured?.notes.latencies[thread.index] ?? new Histogram(),
    };
  });
  const cpus = (measured?.cpuTimes ?? []).map(({ host, cpu, busy }, place): CpuUse => {
    const busyUs = (busy - (cpuTimes[place] ?? 0)) / 1_000;
    return { host, cpu, busyUs, share: share(busyUs) };
  });
  return { elapsedUs, cpus, threads, teams: teamsOf(threads, share) };
}

function teamsOf(threads: readonly ThreadUse[], share: (microseconds: number) => number): TeamUse[] {
  const teams = new Map<string, TeamUse>();
  for (const { host, team, cpuTimeUs } of threads) {
    const key = `${host}: ${team}`;
    const sum = (teams.get(key)?.cpuTimeUs ?? 0) + cpuTimeUs;
    teams.set(key, { host, team, cpuTimeUs: sum, share: share(sum) });
  }
  return [...teams.values()];
}
