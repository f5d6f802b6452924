// One booted operating system: its CPUs, threads, heap and panic state.
//
// Invariants:
//   - thread operations (spawn, resume, wait, snooze, signal, exit) are here; every other object's are in
//     its own file under src/sync;
//   - a panic is recorded and the kernel closed before anything is thrown.

import { B_BAD_THREAD_ID, B_BAD_THREAD_STATE, B_OK, B_TIMED_OUT, EDEADLK, type Status } from "#base/status";
import { unlocksFirst } from "#kernel/access-point";
import { ClockObject } from "#kernel/clock-object";
import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { Heap } from "#kernel/heap";
import type { KernelOptions } from "#kernel/kernel-options";
import { noDuration, noName, outsideThread } from "#kernel/misuse";
import { OperationKind, type Operation, type Steps } from "#kernel/operation";
import { KernelPanic } from "#kernel/panic";
import type { Simulation } from "#kernel/simulation";
import { SpinlockRing } from "#kernel/spinlock-ring";
import { checkRoomFor, Team } from "#kernel/team";
import { Thread, ThreadState, type ThreadOptions } from "#kernel/thread";

/** A simulated kernel. */
export class Kernel {
  readonly simulation: Simulation;
  readonly name: string;
  /** Before names in traces and reports: "client: "; empty for a host that is alone. */
  readonly prefix: string;
  readonly cpuCount: number;
  readonly debug: "kdebug" | "release";
  readonly era: "aug23" | "head";
  readonly costs: Costs;
  readonly teams: Team[] = [];
  readonly kernelTeam: Team;
  readonly spinlocks: SpinlockRing = new SpinlockRing();
  /** What the layers above keep with this kernel (devfs, network stack), by their own keys. */
  get services(): Map<string, unknown> {
    return (this.#services ??= new Map());
  }
  #services: Map<string, unknown> | null = null;
  readonly #guarded: boolean;
  #heap: Heap | null = null;
  readonly #clockObject: ClockObject;
  /** CPUs whose interrupts are off. */
  busyCpus = 0;

  constructor(simulation: Simulation, options: KernelOptions = {}) {
    this.simulation = simulation;
    this.name = options.name ?? "haiku";
    this.prefix = options.isOneOfSeveral === true ? `${this.name}: ` : "";
    this.cpuCount = options.cpus ?? 1;
    this.debug = options.debug ?? "kdebug";
    this.era = options.era ?? "aug23";
    this.costs = options.costs ?? DEFAULT_COSTS;
    this.#guarded = options.heap === "guarded";
    this.kernelTeam = new Team(this, "kernel_team");
    this.#clockObject = new ClockObject(this);
    simulation.kernels.push(this);
  }

  get heap(): Heap {
    this.#heap ??= new Heap(this, this.#guarded);
    return this.#heap;
  }

  /** Creates a thread and lets it go. No point: it commutes with everything but the new thread's own steps. */
  spawn<T>(name: string, body: () => Steps<T>, options: ThreadOptions & { team?: Team } = {}): Thread {
    const thread = this.spawnSuspended(name, body, options);
    this.#start(thread);
    return thread;
  }

  /** spawn_kernel_thread: creates a thread that waits to be resumed. Names are cut to 31 characters. */
  spawnSuspended<T>(name: string, body: () => Steps<T>, options: ThreadOptions & { team?: Team } = {}): Thread {
    if (typeof name !== "string") noName(name);
    unlocksFirst(this.simulation.current);
    checkRoomFor(name, this);
    const thread = new Thread(this, options.team ?? this.kernelTeam, name, body, options);
    this.simulation.threads.push(thread);
    thread.team.liveThreads++;
    this.simulation.recorder?.spawned(thread);
    this.simulation.scheduler.charge(this.costs.spawn);
    return thread;
  }

  /** resume_thread: B_BAD_THREAD_STATE unless it is suspended. */
  resumeThread(thread: Thread): Operation<Status> {
    return this.simulation.operate(OperationKind.threadResume, thread);
  }

  /**
   * wait_for_thread: waits, whatever the signals, until the thread is dead; `thread.exitStatus` and
   * `thread.result` then hold what it left. EDEADLK for the caller itself, B_BAD_THREAD_ID for no thread.
   * Resumes a suspended thread.
   */
  waitForThread(thread: Thread | null): Operation<Status> {
    return this.simulation.operate(OperationKind.threadWait, thread ?? this.#clockObject, thread === null ? 1 : 0);
  }

  /** exit_thread: the calling thread ends here. */
  exitThread(status: Status = B_OK): Operation<never> {
    return this.simulation.operate(OperationKind.threadExit, this.#running(), status);
  }

  /** send_signal: a signal ends the waits whose flags let it. */
  sendSignal(thread: Thread, signal: number): Operation<Status> {
    return this.simulation.operate(OperationKind.threadSignal, thread, signal);
  }

  /** snooze: blocks for `microseconds` of virtual time, uninterruptibly; even 0 is a point. */
  snooze(microseconds: number): Operation<Status> {
    return this.simulation.operate(OperationKind.snooze, this.#clockObject, microseconds);
  }

  /** thread_yield: lets others go first. */
  yieldThread(): Operation<Status> {
    return this.simulation.operate(OperationKind.yield, this.#clockObject);
  }

  /** disable_interrupts: gives back the old state, for `restoreInterrupts`. */
  disableInterrupts(): Operation<boolean> {
    return this.simulation.operate(OperationKind.interruptsOff, this.#clockObject);
  }

  /** restore_interrupts. No point: what was atomic ends here. */
  restoreInterrupts(wereOn: boolean): void {
    const thread = this.#running();
    if (!wereOn || !thread.interruptsOff || this.simulation.closed) return;
    unlocksFirst(thread);
    thread.interruptsOff = false;
    this.busyCpus--;
    this.simulation.recorder?.interruptsOn();
    if (this.cpuCount > 1) this.simulation.footprint.write(this.#clockObject.number);
  }

  /** system_time: microseconds since boot. */
  systemTime(): number {
    if (this.simulation.scheduler.adversarial) this.#clockObject.looked();
    return this.simulation.now();
  }

  /** panic(): records it, closes the kernel, and unwinds the caller. */
  panic(message: string): never {
    const { simulation } = this;
    if (!simulation.closed) {
      simulation.fail("panic", message);
      simulation.recorder?.panicked(this, simulation.current, message);
    }
    throw new KernelPanic(message);
  }

  /** dprintf: a line in the host's syslog, which the trace shows. */
  dprintf(text: string): void {
    if (!this.simulation.closed) this.simulation.recorder?.output(text);
  }

  /** The running thread; null while a host is being built. */
  get currentThread(): Thread | null {
    return this.simulation.current;
  }

  /** The thread with this id; null when there is none. */
  thread(id: number): Thread | null {
    return this.simulation.threads.find((thread) => thread.id === id && thread.kernel === this) ?? null;
  }

  /** Whether other threads with interrupts off have all the CPUs. */
  cpusAreTaken(thread: Thread): boolean {
    return this.busyCpus >= this.cpuCount && !thread.interruptsOff;
  }

  /** The address of the running code, for messages: a name that no build changes. */
  instructionPointer(): string {
    return `0xffffffff8${(0x0100000 + (this.simulation.current?.pendingKind ?? 0) * 0x40).toString(16).padStart(7, "0")}`;
  }

  /** Nobody looks at this host any more (src/kernel/let-go.ts). */
  letGo(): void {
    this.#services = null;
    this.#heap = null;
  }

  // --- called by the kernel itself ---

  /** Carries out an operation whose object is the thread `target`. */
  threadOperation(thread: Thread, target: Thread): void {
    switch (thread.pendingKind) {
      case OperationKind.threadResume:
        this.simulation.watcher?.taken(target);
        this.simulation.footprint.read(target.number);
        if (target.state !== ThreadState.suspended) return thread.complete(B_BAD_THREAD_STATE);
        this.#start(target);
        return thread.complete(B_OK);
      case OperationKind.threadWait:
        return this.#waitFor(thread, target);
      case OperationKind.threadSignal:
        this.simulation.mark(target); // its end can be seen: a step of its own
        this.simulation.footprint.write(target.number);
        if (target.state === ThreadState.dead) return thread.complete(B_BAD_THREAD_ID);
        target.signals |= 1 << thread.argument;
        this.simulation.changed = true;
        target.interrupt();
        return thread.complete(B_OK);
      default:
        thread.exitStatus = thread.argument;
        thread.ending = true;
    }
  }

  /** Carries out an operation on time, the CPU or no object at all. */
  clockOperation(thread: Thread): void {
    switch (thread.pendingKind) {
      case OperationKind.snooze:
        return this.#snooze(thread);
      case OperationKind.interruptsOff:
        return this.#disableInterrupts(thread);
      case OperationKind.yield:
        // While exploring, a loop that yields is a loop that polls.
        if (this.simulation.scheduler.adversarial) return thread.sleep(this.#clockObject, this.simulation.now());
        return thread.complete(B_OK);
      case OperationKind.threadWait:
        return thread.complete(B_BAD_THREAD_ID);
      default:
        return thread.complete(B_OK);
    }
  }

  /** The running step uses a CPU: recorded where all CPUs may be taken. */
  usesCpu(): void {
    if (this.simulation.isMarked(this.#clockObject)) this.simulation.footprint.read(this.#clockObject.number);
  }

  /** A wait ends because its time has come. */
  timeOut(thread: Thread): void {
    thread.waitObject?.abandon(thread);
    if (thread.state === ThreadState.sleeping) {
      if (this.simulation.isMarked(this.#clockObject)) this.simulation.footprint.write(this.#clockObject.number);
      thread.wake(thread.sleepResult);
    } else thread.wake(B_TIMED_OUT);
  }

  threadDied(thread: Thread): void {
    this.simulation.watcher?.taken(thread);
    thread.state = ThreadState.dead;
    if (thread.interruptsOff) this.busyCpus--;
    this.simulation.footprint.write(thread.number);
    this.simulation.changed = true;
    this.simulation.recorder?.exited(thread);
    for (const waiter of this.simulation.threads) {
      if (waiter.state === ThreadState.blocked && waiter.waitObject === thread) waiter.wake(B_OK);
    }
  }

  #start(thread: Thread): void {
    this.simulation.watcher?.woken(thread, this.simulation.current);
    thread.state = ThreadState.ready;
    this.simulation.footprint.write(thread.number);
    this.simulation.changed = true;
    this.simulation.woken(thread);
    this.simulation.started(thread);
  }

  #waitFor(thread: Thread, target: Thread): void {
    this.simulation.footprint.read(target.number);
    if (target === thread) return thread.complete(EDEADLK);
    if (target.state === ThreadState.suspended) {
      this.simulation.watcher?.taken(target);
      this.#start(target);
    }
    if (target.state === ThreadState.dead) return thread.complete(B_OK);
    if (!this.simulation.scheduler.adversarial) thread.block(target, 0, Number.POSITIVE_INFINITY);
  }

  #snooze(thread: Thread): void {
    if (thread.interruptsOff && this.debug === "kdebug") {
      this.panic(`common_snooze_etc(): called with interrupts disabled, timeout ${thread.argument}`);
    }
    if (!Number.isFinite(thread.argument) && thread.argument !== Number.POSITIVE_INFINITY) {
      noDuration(thread.argument);
    }
    thread.sleep(this.#clockObject, this.simulation.now() + thread.argument);
  }

  #disableInterrupts(thread: Thread): void {
    const wereOn = !thread.interruptsOff;
    if (wereOn) {
      thread.interruptsOff = true;
      this.busyCpus++;
      if (this.cpuCount > 1) this.simulation.footprint.write(this.#clockObject.number);
      // From here on nobody else can go: who can depends on this step, so all steps must show that.
      if (this.cpuCount > 1 && this.busyCpus >= this.cpuCount) this.simulation.mark(this.#clockObject);
    }
    thread.complete(wereOn);
  }

  #running(): Thread {
    return this.simulation.current ?? outsideThread();
  }
}
