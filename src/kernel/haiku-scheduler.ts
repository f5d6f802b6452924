// Measured time: a discrete-event clock, and Haiku's scheduler on each host's CPUs (facts: haiku.md, section 3).
//
// Invariants:
//   - each CPU has its own time; the CPU that is furthest behind goes next, so effects happen in order;
//   - waking does not switch: a woken thread of higher priority runs when the current one blocks, when its
//     quantum ends, when an interrupt returns, or when somebody asks to reschedule (release of a semaphore);
//   - ready threads of one priority are served first come, first served;
//   - real-time threads (priority 100 and above) are never penalised; others lose priority by using whole
//     quanta and get it back by sleeping.
// Not modelled: core affinity, cache effects, power saving.

import type { Costs } from "#kernel/costs";
import { CpuNotes, type Measured } from "#kernel/cpu-use";
import type { Kernel } from "#kernel/kernel";
import { livelockMessage, spinningMessage } from "#kernel/livelock";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { B_REAL_TIME_DISPLAY_PRIORITY, ThreadState, type Thread } from "#kernel/thread";
import { TimerQueue } from "#kernel/timer-queue";

/** Nanoseconds: a thread's time slice, its lower limit, and the longest that a ready thread should wait. */
const QUANTUM = 1_000_000;
const QUANTUM_LEAST = 100_000;
const LATENCY_MOST = 5_000_000;

/** Wakes in a row that change nothing, when nothing but such sleepers is left, before it is a livelock. */
const LIVELOCK_WAKES = 2_000;

/** Steps in a row that change nothing, while no sleeper is left that may change something, before it is a livelock. */
const LIVELOCK_STEPS = 5_000;

/** A CPU of a simulated host in measured time. */
interface Cpu {
  readonly kernel: Kernel;
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

export class HaikuScheduler implements Scheduler, Measured {
  readonly adversarial = false;
  /** Asked when everybody waits: whether the clock may go on to the next timer. */
  timeMayPass: () => boolean = () => true;
  readonly notes: CpuNotes = new CpuNotes();
  readonly #simulation: Simulation;
  readonly #costs: Costs;
  readonly #cpus: Cpu[] = [];
  readonly #ready: Thread[] = [];
  readonly #timers = new TimerQueue();
  #running: Cpu | null = null;
  #time = 0;
  #fruitlessWakes = 0;
  #quietSteps = 0;

  constructor(simulation: Simulation, costs: Costs) {
    this.#simulation = simulation;
    this.#costs = costs;
  }

  next(from: Thread | null): Thread | null {
    const simulation = this.#simulation;
    if (from !== null) this.#endStep(from);
    simulation.footprint.clear();
    this.#addCpus(simulation.kernels);
    for (;;) {
      const cpu = this.#cpuToRun();
      const due = this.#timers.first();
      if (due !== null && (cpu === null || due.at <= cpu.now)) {
        if (cpu === null && !this.timeMayPass()) return null;
        if (!this.#fire(due.thread, due.at)) return null;
        continue;
      }
      if (cpu === null) return null;
      const thread = this.#runOn(cpu);
      if (thread === null) continue;
      this.#running = cpu;
      this.#time = Math.max(this.#time, cpu.now);
      this.charge(this.#costs.operation);
      return thread;
    }
  }

  expire(): void {}

  blocked(thread: Thread): void {
    thread.penalty = 0;
    // Its CPU is idle: woken again before anybody else ran, it must be taken from the ready ones like any other.
    if (this.#running?.current === thread) this.#running.current = null;
    if (!thread.hasDeadline) return;
    const simulation = this.#simulation;
    simulation.timedWaits++;
    thread.fruitless = thread.polling && !simulation.changed;
    this.#timers.add(thread, thread.deadline * 1_000);
  }

  woken(thread: Thread): void {
    const simulation = this.#simulation;
    if (thread.hasDeadline) {
      simulation.timedWaits--;
      this.#timers.remove(thread);
    }
    thread.polling = false;
    this.#ready.push(thread);
    const at = this.#running === null ? this.#time : this.#running.now;
    this.notes.woken(thread, at);
    this.#interruptFor(thread, at);
  }

  now(): number {
    return Math.floor((this.#running?.now ?? this.#time) / 1_000);
  }

  startAt(now: number): void {
    this.#time = now * 1_000;
  }

  charge(nanoseconds: number): void {
    if (this.#running === null) return;
    this.#quietSteps = 0; // it computes: that is no idle round
    spend(this.#running, nanoseconds);
    const current = this.#running.current;
    if (current !== null) {
      current.quantumUsed += nanoseconds;
      current.cpuTime += nanoseconds;
    }
  }

  get cpuTimes(): readonly { readonly host: string; readonly cpu: number; readonly busy: number }[] {
    return this.#cpus.map(({ kernel, number, busy }) => ({ host: kernel.name, cpu: number, busy }));
  }

  /** A release of a semaphore, and delete_sem, ask for this; notify and unlock do not. */
  reschedule(): void {
    const cpu = this.#running;
    if (cpu !== null && cpu.invokeScheduler) cpu.reschedule = true;
  }

  #endStep(from: Thread): void {
    const simulation = this.#simulation;
    if (simulation.changed || !from.polling) this.#fruitlessWakes = 0;
    if (simulation.changed) from.polling = false;
    this.#quietSteps = simulation.changed ? 0 : this.#quietSteps + 1;
    from.quietSteps = simulation.changed ? 0 : from.quietSteps + 1;
    simulation.changed = false;
    if (this.#quietSteps > LIVELOCK_STEPS && this.#timers.every((each) => each.fruitless)) this.#livelock();
  }

  // Threads go round without sleeping, and nobody else is left.
  #livelock(): void {
    this.#quietSteps = 0;
    const message = spinningMessage(this.#simulation.threads);
    if (message !== null) this.#simulation.fail("livelock", message);
  }

  #addCpus(kernels: readonly Kernel[]): void {
    if (this.#cpus.length > 0 && this.#cpus.at(-1)?.kernel === kernels.at(-1)) return;
    for (const kernel of kernels) {
      if (this.#cpus.some((cpu) => cpu.kernel === kernel)) continue;
      for (let number = 0; number < kernel.cpuCount; number++) {
        const flags = { invokeScheduler: false, reschedule: false };
        this.#cpus.push({ kernel, number, current: null, now: this.#time, busy: 0, ...flags });
      }
    }
  }

  // The CPU furthest behind among those that have, or could have, something to run.
  #cpuToRun(): Cpu | null {
    let best: Cpu | null = null;
    for (const cpu of this.#cpus) {
      if (!this.#hasWork(cpu)) continue;
      if (best === null || cpu.now < best.now) best = cpu;
    }
    return best;
  }

  #hasWork(cpu: Cpu): boolean {
    if (cpu.current !== null && cpu.current.state === ThreadState.ready) return true;
    return this.#ready.some((thread) => thread.kernel === cpu.kernel);
  }

  #runOn(cpu: Cpu): Thread | null {
    const current = cpu.current;
    if (current !== null && current.state === ThreadState.ready) {
      if (current.interruptsOff) return current;
      const quantumEnded = current.quantumUsed >= this.#quantum(cpu.kernel);
      if (!cpu.reschedule && !quantumEnded && !current.yields()) return current;
      if (quantumEnded) spend(cpu, this.#costs.interrupt); // the timer's tick
      if (quantumEnded && current.priority < B_REAL_TIME_DISPLAY_PRIORITY) current.penalty++;
      current.quantumUsed = 0;
      this.notes.preempted(current, cpu.now);
      this.#ready.push(current);
    }
    const thread = this.#takeBest(cpu.kernel);
    if (thread !== null) cpu.now = Math.max(cpu.now, this.notes.readyAt(thread));
    cpu.reschedule = false;
    cpu.invokeScheduler = false;
    if (thread !== current) {
      spend(cpu, this.#costs.contextSwitch);
      if (thread !== null) thread.quantumUsed = 0;
    }
    cpu.current = thread;
    if (thread !== null) {
      thread.cpu = cpu.number;
      this.notes.dispatched(thread, cpu.now);
    }
    return thread;
  }

  #takeBest(kernel: Kernel): Thread | null {
    let best = -1;
    for (let i = 0; i < this.#ready.length; i++) {
      const thread = this.#ready[i];
      if (thread === undefined || thread.kernel !== kernel) continue;
      const bestThread = this.#ready[best];
      if (bestThread === undefined || effectivePriority(thread) > effectivePriority(bestThread)) best = i;
    }
    return best < 0 ? null : (this.#ready.splice(best, 1)[0] ?? null);
  }

  #quantum(kernel: Kernel): number {
    const waiting = this.#ready.reduce((count, thread) => count + (thread.kernel === kernel ? 1 : 0), 0);
    return waiting === 0 ? QUANTUM : Math.max(QUANTUM_LEAST, Math.min(QUANTUM, LATENCY_MOST / waiting));
  }

  // A thread became ready: an idle CPU takes it at once; else the CPU with the least urgent thread is told.
  #interruptFor(thread: Thread, at: number): void {
    const cpus = this.#cpus.filter((cpu) => cpu.kernel === thread.kernel);
    const idle = cpus.find((cpu) => cpu.current === null || cpu.current.state !== ThreadState.ready);
    if (idle !== undefined) {
      if (idle !== this.#running && idle.now < at) idle.now = at;
      return;
    }
    for (const cpu of cpus) {
      if (cpu.current === null || effectivePriority(cpu.current) >= effectivePriority(thread)) continue;
      cpu.invokeScheduler = true;
      if (cpu !== this.#running) cpu.reschedule = true; // an inter-CPU interrupt
      return;
    }
  }

  // A timer interrupt; its return switches if the woken thread is the more urgent one.
  #fire(thread: Thread, at: number): boolean {
    this.#timers.remove(thread);
    this.#time = Math.max(this.#time, at);
    if (this.#onlyDaemonsPoll(thread)) return false;
    if (this.#polls(thread) && ++this.#fruitlessWakes > LIVELOCK_WAKES) {
      this.#simulation.fail(
        "livelock",
        livelockMessage([thread], () => false),
        thread,
      );
      return false;
    }
    const before = this.#running;
    this.#running = null;
    this.#simulation.recorder?.expired(thread, Math.floor(this.#time / 1_000));
    thread.kernel.timeOut(thread);
    thread.polling = true;
    this.#quietSteps = 0;
    this.#running = before;
    for (const cpu of this.#cpus) {
      if (cpu.kernel !== thread.kernel) continue;
      if (cpu.current === null || cpu.current.state !== ThreadState.ready) cpu.now = Math.max(cpu.now, at);
      else if (cpu.invokeScheduler) cpu.reschedule = true;
      spend(cpu, this.#costs.interrupt);
      break;
    }
    return true;
  }

  // Whether nothing but fruitless sleepers is left, all of them polling: a patient one has not been woken as often.
  #polls(thread: Thread): boolean {
    if (!thread.fruitless || this.#ready.length > 0) return false;
    thread.lastResorts++;
    return this.#timers.every((each) => each === thread || (each.fruitless && each.lastResorts >= 2));
  }

  #onlyDaemonsPoll(thread: Thread): boolean {
    if (!thread.fruitless || this.#ready.length > 0 || !this.#timers.every((each) => each.fruitless)) return false;
    return this.#simulation.threads.every((each) => each.daemon || each.state === ThreadState.dead);
  }
}

function effectivePriority(thread: Thread): number {
  if (thread.priority >= B_REAL_TIME_DISPLAY_PRIORITY) return thread.priority;
  return Math.max(1, thread.priority - thread.penalty);
}

function spend(cpu: Cpu, nanoseconds: number): void {
  cpu.now += nanoseconds;
  cpu.busy += nanoseconds;
}
