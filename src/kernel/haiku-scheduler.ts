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

import { assert } from "#base/assert";
import type { Costs } from "#kernel/costs";
import type { Cpu, HostCpus } from "#kernel/cpu";
import { hasWork, interruptFor, isBusy, newClock, quantumOn, spend, takeBest } from "#kernel/cpu";
import { CpuQueue, isBefore } from "#kernel/cpu-queue";
import { CpuNotes, type Measured } from "#kernel/cpu-use";
import { Hosts } from "#kernel/host-cpus";
import type { Kernel } from "#kernel/kernel";
import { LIVELOCK_STEPS, LIVELOCK_WAKES, livelockMessage, spinningMessage } from "#kernel/livelock";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { B_REAL_TIME_DISPLAY_PRIORITY, ThreadState, type Thread } from "#kernel/thread";
import { TimerQueue } from "#kernel/timer-queue";

// Read at each step: as a property of an imported object it is looked up each time.
const READY = ThreadState.ready;

export class HaikuScheduler implements Scheduler, Measured {
  readonly adversarial = false;
  /** Asked when everybody waits: whether the clock may go on to the next timer. */
  timeMayPass: () => boolean = () => true;
  readonly notes: CpuNotes = new CpuNotes();
  readonly #simulation: Simulation;
  readonly #costs: Costs;
  readonly #operationCost: number;
  /** All that have something to run, but the running one. */
  readonly #waiting: CpuQueue<Cpu> = new CpuQueue(hasWork);
  readonly #hosts: Hosts = new Hosts();
  /** Threads of all hosts that wait for a CPU. */
  #readyCount = 0;
  #quantum = 0;
  readonly #timers = new TimerQueue();
  #running: Cpu | null = null;
  readonly #clock = newClock();
  #fruitlessWakes = 0;
  #quietSteps = 0;

  constructor(simulation: Simulation, costs: Costs) {
    this.#simulation = simulation;
    this.#costs = costs;
    this.#operationCost = costs.operation;
  }

  next(from: Thread | null): Thread | null {
    const simulation = this.#simulation;
    if (from !== null) this.#endStep(from);
    simulation.footprint.clear();
    if (from !== null && this.#isCalm(from) && !from.yields()) return this.#goOn(from);
    if (this.#hosts.count !== simulation.kernels.length) this.#addCpus();
    return this.#nextFrom(this.#running) ?? this.#nextOfAll();
  }

  // Mostly it is the same CPU's turn again, or, with several hosts, another's, whose place it takes: then it need not queue.
  #nextFrom(running: Cpu | null): Thread | null {
    if (running === null) return null;
    const other = this.#waiting.first();
    const isNext = other === null || isBefore(running, other);
    const next = isNext ? running : other;
    if (!hasWork(running) || this.#timers.firstAt <= next.now) {
      this.#waiting.add(running);
      return null;
    }
    if (!isNext) this.#waiting.exchangeFirst(running);
    const thread = this.#runOn(next);
    if (thread !== null) return this.#begin(next, thread);
    if (isNext) this.#waiting.add(running);
    return null;
  }

  #nextOfAll(): Thread | null {
    for (;;) {
      const cpu = this.#waiting.first();
      const due = this.#timers.first();
      if (due !== null && (cpu === null || due.at <= cpu.now)) {
        if (cpu === null && !this.timeMayPass()) return null;
        if (!this.#fire(due.thread, due.at)) return null;
        continue;
      }
      if (cpu === null) return null;
      this.#waiting.takeFirst();
      const thread = this.#runOn(cpu);
      if (thread !== null) return this.#begin(cpu, thread);
    }
  }

  // The CPU takes the thread's next step.
  #begin(cpu: Cpu, thread: Thread): Thread {
    this.#running = cpu;
    this.#quantum = quantumOn(cpu);
    const timer = this.#timers.firstAt;
    const other = this.#waiting.first();
    if (cpu.reschedule) this.#clock.calmUntil = 0;
    else this.#clock.calmUntil = other === null || other.now > timer ? timer : other.now;
    return this.#goOn(thread);
  }

  goesOn(from: Thread): boolean {
    // A livelock is for `next` to see.
    if (this.#quietSteps >= LIVELOCK_STEPS || !this.#isCalm(from)) return false;
    this.#endStep(from);
    return this.#goOn(from) === from;
  }

  // The usual case, made cheap: what `next` would come to after looking at everybody.
  #isCalm(thread: Thread): boolean {
    const cpu = this.#running;
    if (cpu === null || cpu.now >= this.#clock.calmUntil || cpu.current !== thread) return false;
    return thread.state === READY && thread.quantumUsed < this.#quantum;
  }

  #goOn(thread: Thread): Thread {
    const cpu = this.#running;
    assert(cpu !== null, "who goes on has a CPU");
    if (cpu.now > this.#clock.time) this.#clock.time = cpu.now;
    this.#use(cpu, thread, this.#operationCost);
    return thread;
  }

  expire(): void {}

  blocked(thread: Thread): void {
    thread.penalty = 0;
    // Its CPU is idle: woken again before anybody else ran, it must be taken from the ready ones like any other.
    if (this.#running?.current === thread) this.#running.current = null;
    if (!thread.hasDeadline) return;
    this.#simulation.timedWaits++;
    thread.fruitless = thread.polling && !this.#simulation.changed;
    this.#timers.add(thread, thread.deadline * 1_000);
  }

  woken(thread: Thread): void {
    if (thread.hasDeadline) {
      this.#simulation.timedWaits--;
      this.#timers.remove(thread, thread.deadline * 1_000);
    }
    thread.polling = false;
    this.#clock.calmUntil = 0;
    const host = this.#hostOf(thread.kernel);
    this.#pushReady(thread, host, this.#running);
    const at = this.#running === null ? this.#clock.time : this.#running.now;
    this.notes.woken(thread, at);
    interruptFor(thread, host.cpus, this.#running, at);
  }

  now(): number {
    return Math.floor((this.#running?.now ?? this.#clock.time) / 1_000);
  }

  startAt(now: number): void {
    this.#clock.time = now * 1_000;
  }

  charge(nanoseconds: number): void {
    const cpu = this.#running;
    if (cpu === null) return;
    this.#quietSteps = 0; // it computes: that is no idle round
    if (cpu.current === null) spend(cpu, nanoseconds);
    else this.#use(cpu, cpu.current, nanoseconds);
  }

  #use(cpu: Cpu, thread: Thread, nanoseconds: number): void {
    spend(cpu, nanoseconds);
    thread.quantumUsed += nanoseconds;
    thread.cpuTime += nanoseconds;
  }

  /** The CPU whose thread takes the running step; null before the first. */
  get runningCpu(): { readonly host: string; readonly cpu: number } | null {
    return this.#running === null ? null : { host: this.#running.kernel.name, cpu: this.#running.number };
  }

  get cpuTimes(): readonly { readonly host: string; readonly cpu: number; readonly busy: number }[] {
    return this.#hosts.cpus.map(({ kernel, number, busy }) => ({ host: kernel.name, cpu: number, busy }));
  }

  /** A release of a semaphore, and delete_sem, ask for this; notify and unlock do not. */
  reschedule(): void {
    const cpu = this.#running;
    if (cpu === null || !cpu.invokeScheduler) return;
    cpu.reschedule = true;
    this.#clock.calmUntil = 0;
  }

  #endStep(from: Thread): void {
    const simulation = this.#simulation;
    if (simulation.changed) {
      simulation.changed = false;
      from.polling = false;
      from.quietSteps = 0;
      this.#fruitlessWakes = 0;
      this.#quietSteps = 0;
      return;
    }
    if (!from.polling) this.#fruitlessWakes = 0;
    from.quietSteps++;
    if (++this.#quietSteps > LIVELOCK_STEPS && this.#timers.every((each) => each.fruitless)) this.#livelock();
  }

  // Threads go round without sleeping, and nobody else is left.
  #livelock(): void {
    this.#quietSteps = 0;
    const message = spinningMessage(this.#simulation.threads);
    if (message !== null) this.#simulation.fail("livelock", message);
  }

  #addCpus(): void {
    this.#hosts.add(this.#simulation.kernels, this.#clock.time);
  }

  #hostOf(kernel: Kernel): HostCpus {
    if (this.#hosts.of(kernel) === null) this.#addCpus();
    const host = this.#hosts.of(kernel);
    assert(host !== null, "a thread's host is one of the simulation's");
    return host;
  }

  // Any of the host's CPUs may take it; `running` does not wait for its turn.
  #pushReady(thread: Thread, { cpus, ready }: HostCpus, running: Cpu | null): void {
    ready.push(thread);
    this.#readyCount++;
    for (const cpu of cpus) if (cpu !== running) this.#waiting.add(cpu);
  }

  #runOn(cpu: Cpu): Thread | null {
    const current = cpu.current;
    if (current !== null && current.state === READY) {
      if (current.interruptsOff) return current;
      const quantumEnded = current.quantumUsed >= quantumOn(cpu);
      if (!cpu.reschedule && !quantumEnded && !current.yields()) return current;
      if (quantumEnded) spend(cpu, this.#costs.interrupt); // the timer's tick
      if (quantumEnded && current.priority < B_REAL_TIME_DISPLAY_PRIORITY) current.penalty++;
      current.quantumUsed = 0;
      this.notes.preempted(current, cpu.now);
      this.#pushReady(current, this.#hostOf(cpu.kernel), cpu);
    }
    const thread = takeBest(cpu.ready);
    if (thread !== null) this.#readyCount--;
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

  // A timer interrupt; its return switches if the woken thread is the more urgent one.
  #fire(thread: Thread, at: number): boolean {
    this.#timers.remove(thread, at);
    this.#clock.time = Math.max(this.#clock.time, at);
    if (this.#onlyDaemonsPoll(thread)) return false;
    if (this.#polls(thread) && ++this.#fruitlessWakes > LIVELOCK_WAKES) {
      const message = livelockMessage([thread], () => false);
      this.#simulation.fail("livelock", message, thread);
      return false;
    }
    const before = this.#running;
    this.#running = null;
    this.#simulation.recorder?.expired(thread, Math.floor(this.#clock.time / 1_000));
    thread.kernel.timeOut(thread);
    thread.polling = true;
    this.#quietSteps = 0;
    this.#running = before;
    const [cpu] = this.#hostOf(thread.kernel).cpus;
    if (cpu === undefined) return true;
    if (!isBusy(cpu)) cpu.now = Math.max(cpu.now, at);
    else if (cpu.invokeScheduler) cpu.reschedule = true;
    spend(cpu, this.#costs.interrupt);
    return true;
  }

  // Whether nothing but fruitless sleepers is left, all of them polling: a patient one has not been woken as often.
  #polls(thread: Thread): boolean {
    if (!thread.fruitless || this.#readyCount > 0) return false;
    thread.lastResorts++;
    return this.#timers.every((each) => each === thread || (each.fruitless && each.lastResorts >= 2));
  }

  #onlyDaemonsPoll(thread: Thread): boolean {
    if (!thread.fruitless || this.#readyCount > 0 || !this.#timers.every((each) => each.fruitless)) return false;
    return this.#simulation.threads.every((each) => each.daemon || each.state === ThreadState.dead);
  }
}
