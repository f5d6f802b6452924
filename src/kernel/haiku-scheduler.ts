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
import { effectivePriority, hasWork, isBusy, quantumOn, spend, takeBest } from "#kernel/cpu";
import { CpuQueue } from "#kernel/cpu-queue";
import { CpuNotes, type Measured } from "#kernel/cpu-use";
import { Hosts } from "#kernel/host-cpus";
import type { Kernel } from "#kernel/kernel";
import { LIVELOCK_STEPS, LIVELOCK_WAKES, livelockMessage, spinningMessage } from "#kernel/livelock";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { B_REAL_TIME_DISPLAY_PRIORITY, ThreadState, type Thread } from "#kernel/thread";
import { TimerQueue } from "#kernel/timer-queue";

export class HaikuScheduler implements Scheduler, Measured {
  readonly adversarial = false;
  /** Asked when everybody waits: whether the clock may go on to the next timer. */
  timeMayPass: () => boolean = () => true;
  readonly notes: CpuNotes = new CpuNotes();
  readonly #simulation: Simulation;
  readonly #costs: Costs;
  /** All that have something to run, but the running one. */
  readonly #waiting: CpuQueue<Cpu> = new CpuQueue(hasWork);
  readonly #hosts: Hosts = new Hosts();
  /** Threads of all hosts that wait for a CPU. */
  #readyCount = 0;
  /** Until then, and as long as its quantum lasts, the running thread goes on: no other CPU and no timer comes first. */
  #calmUntil = 0;
  #quantum = 0;
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
    if (from !== null && this.#goesOn(from)) return from;
    this.#catchUp();
    if (this.#hosts.count !== simulation.kernels.length) this.#addCpus();
    const running = this.#running;
    if (running !== null) {
      // Mostly it is the same CPU's turn again: then it need not queue.
      const isNext = hasWork(running) && this.#timers.firstAt > running.now && this.#waiting.isBeforeAll(running);
      const thread = isNext ? this.#runOn(running) : null;
      if (thread !== null) return this.#begin(running, thread);
      this.#waiting.add(running);
    }
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
    if (cpu.now > this.#time) this.#time = cpu.now;
    this.#quantum = quantumOn(cpu);
    const timer = this.#timers.firstAt;
    this.#calmUntil = cpu.reschedule ? 0 : Math.min(timer, this.#waiting.first()?.now ?? timer);
    this.#use(cpu, thread, this.#costs.operation);
    return thread;
  }

  // The usual case, made cheap: what the loop in `next` would come to after looking at everybody.
  #goesOn(thread: Thread): boolean {
    const cpu = this.#running;
    if (cpu === null || cpu.now >= this.#calmUntil || cpu.current !== thread) return false;
    if (thread.state !== ThreadState.ready || thread.quantumUsed >= this.#quantum || thread.yields()) return false;
    cpu.stepAt = cpu.now;
    this.#use(cpu, thread, this.#costs.operation);
    return true;
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
      this.#timers.remove(thread, thread.deadline * 1_000);
    }
    thread.polling = false;
    this.#calmUntil = 0;
    const host = this.#hostOf(thread.kernel);
    this.#pushReady(thread, host, this.#running);
    const at = this.#running === null ? this.#time : this.#running.now;
    this.notes.woken(thread, at);
    this.#interruptFor(thread, host, at);
  }

  now(): number {
    return Math.floor((this.#running?.now ?? this.#time) / 1_000);
  }

  startAt(now: number): void {
    this.#time = now * 1_000;
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
    this.#calmUntil = 0;
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

  // Steps that followed one another left the time where it was: it is a new number on the heap each time.
  #catchUp(): void {
    const cpu = this.#running;
    if (cpu !== null && cpu.stepAt > this.#time) this.#time = cpu.stepAt;
  }

  #addCpus(): void {
    this.#catchUp();
    this.#hosts.add(this.#simulation.kernels, this.#time);
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
    if (current !== null && current.state === ThreadState.ready) {
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

  // A thread became ready: an idle CPU takes it at once; else the CPU with the least urgent thread is told.
  #interruptFor(thread: Thread, { cpus }: HostCpus, at: number): void {
    for (const cpu of cpus) {
      if (isBusy(cpu)) continue;
      if (cpu !== this.#running && cpu.now < at) cpu.now = at;
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
    this.#timers.remove(thread, at);
    this.#time = Math.max(this.#time, at);
    if (this.#onlyDaemonsPoll(thread)) return false;
    if (this.#polls(thread) && ++this.#fruitlessWakes > LIVELOCK_WAKES) {
      const message = livelockMessage([thread], () => false);
      this.#simulation.fail("livelock", message, thread);
      return false;
    }
    const before = this.#running;
    this.#running = null;
    this.#simulation.recorder?.expired(thread, Math.floor(this.#time / 1_000));
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
