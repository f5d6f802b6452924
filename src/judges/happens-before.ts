// What comes before what, as locks, semaphores, notifies, atomics, spawning, joining and interrupts-off sections order it.
//
// Only what a program may rely on is an order; that one thread happened to run before another is none. On one CPU a
// section with interrupts off is ordered with every other one, on several it orders nothing. What the kernel keeps in
// order by itself (descriptors, counts of references) says so with events of its own. The set-up comes before everything.

import { HeldLocks } from "#judges/held-locks";
import { Clocks } from "#judges/vector-clock";
import type { Simulation } from "#kernel/simulation";
import type { Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

export class HappensBefore {
  readonly clocks: Clocks = new Clocks();
  readonly locks: HeldLocks = new HeldLocks();
  readonly #story: Story;
  /** Threads of hosts with one CPU, each with the number of its host. */
  readonly #oneCpu: ReadonlyMap<number, number>;

  constructor(story: Story, simulation: Simulation) {
    this.#story = story;
    const single = simulation.threads.filter(({ kernel }) => kernel.cpuCount === 1);
    this.#oneCpu = new Map(single.map((thread) => [thread.id, simulation.kernels.indexOf(thread.kernel)]));
  }

  apply(event: TraceEvent): void {
    if (!event.inSetup) this.#order(event);
    this.locks.apply(event);
  }

  #order(event: TraceEvent): void {
    const { clocks } = this;
    const { thread } = event;
    const object = String(event.objectNumber);
    switch (event.kind) {
      case "step":
        return this.#step(event);
      case "spawned":
        return clocks.pass(thread, event.other);
      case "woken":
        if (event.other !== 0) clocks.pass(event.other, thread);
        return;
      case "exited":
        this.#interruptsOn(thread);
        return clocks.give(thread, object);
      case "acquired":
        clocks.take(thread, object);
        if (event.text !== "read lock") clocks.take(thread, `${object} readers`);
        return;
      case "unlocked":
        return clocks.give(thread, this.#isShared(event) ? `${object} readers` : object);
      case "notified":
        return clocks.give(thread, `${object} notified`);
      case "ordered":
        if ((event.value & 1) !== 0) clocks.take(thread, object);
        if ((event.value & 2) !== 0) clocks.give(thread, object);
        return;
      case "interrupts":
        return this.#interruptsOn(thread);
      case "read":
        if (event.objectType === "atomic field") clocks.take(thread, object);
        return;
      case "access":
        if (event.objectType === "atomic field") clocks.give(thread, object);
        return;
    }
  }

  #step(event: TraceEvent): void {
    const { clocks } = this;
    const { thread } = event;
    const object = String(event.objectNumber);
    switch (event.text) {
      case "wait for thread":
      case "acquire": // a semaphore that was deleted says so to whoever comes later
      case "receive":
        return clocks.take(thread, event.text === "acquire" ? `${object} deleted` : object);
      case "release":
      case "transmit":
        return clocks.give(thread, object);
      case "delete":
        return clocks.give(thread, `${object} deleted`);
      case "destroy":
        clocks.take(thread, object);
        return clocks.take(thread, `${object} readers`);
      case "wait": // an entry that was notified before its wait does not block
        if (event.objectType === "condition variable" && !this.#story.blocksIn(event))
          clocks.take(thread, `${object} notified`);
        return;
      case "atomic get":
        return clocks.take(thread, object);
      case "atomic set":
      case "atomic update":
        clocks.take(thread, object);
        return clocks.give(thread, object);
      case "disable interrupts": {
        const cpu = this.#oneCpu.get(thread);
        if (cpu !== undefined) clocks.take(thread, `cpu ${cpu}`);
        return;
      }
    }
  }

  #interruptsOn(thread: number): void {
    const cpu = this.#oneCpu.get(thread);
    if (cpu !== undefined) this.clocks.give(thread, `cpu ${cpu}`);
  }

  #isShared(unlocked: TraceEvent): boolean {
    return this.locks.of(unlocked.thread).some((lock) => lock.number === unlocked.objectNumber && lock.isShared);
  }
}
