// Small programs with one planted fault each, and their corrected twins, for the judges to name.

import type { Program } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { struct, uint32, type InstanceOf } from "#kernel/struct";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { Shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";

/** A program with the fault, or without it. */
export type Planted = (isFixed: boolean) => Program;

const Cookie = struct("Cookie", { flags: uint32(), count: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

const program =
  (body: (kernel: Kernel) => void): Program =>
  (simulation) =>
    body(new Kernel(simulation));

/** Two threads take two locks in opposite orders, and a third runs on once each has its first. */
export const oppositeLocks: Planted = (isFixed) =>
  program((kernel) => {
    const a = new Mutex(kernel, "a");
    const b = new Mutex(kernel, "b");
    const begun = new Semaphore(kernel, 0, "begun");
    const ticks = new Atomic(kernel, 0, "ticks");
    function* both(first: Mutex, second: Mutex): Steps<void> {
      yield* first.lock();
      yield* begun.release();
      yield* second.lock();
      second.unlock();
      first.unlock();
    }
    kernel.spawn("one", () => both(a, b));
    kernel.spawn("two", () => (isFixed ? both(a, b) : both(b, a)));
    kernel.spawn("ticker", function* tick() {
      for (let i = 0; i < 2; i++) yield* begun.acquire();
      for (let i = 0; i < 3; i++) yield* ticks.add(1);
    });
  });

/** One after the other, so that nobody ever waits: the orders are still opposite. */
export const oppositeLocksInTurn: Planted = (isFixed) =>
  program((kernel) => {
    const a = new Mutex(kernel, "a");
    const b = new Mutex(kernel, "b");
    kernel.spawn("main", function* () {
      const first = kernel.spawn("first", function* forwards() {
        yield* a.lock();
        yield* b.lock();
        b.unlock();
        a.unlock();
      });
      yield* kernel.waitForThread(first);
      const [outer, inner] = isFixed ? [a, b] : [b, a];
      yield* outer.lock();
      yield* inner.lock();
      inner.unlock();
      outer.unlock();
    });
  });

/** Opposite orders, but never without a third lock. */
export const gatedLocks: Program = program((kernel) => {
  const [gate, a, b] = ["gate", "a", "b"].map((name) => new Mutex(kernel, name)) as [Mutex, Mutex, Mutex];
  function* both(first: Mutex, second: Mutex): Steps<void> {
    using _ = yield* gate.guard();
    using __ = yield* first.guard();
    using ___ = yield* second.guard();
  }
  kernel.spawn("one", () => both(a, b));
  kernel.spawn("two", () => both(b, a));
});

/** A close that sets its flag and notifies without the reader's lock. */
export const unlockedClose: Planted = (isFixed) =>
  program((kernel) => {
    const lock = new Mutex(kernel, "read lock");
    const readable = new ConditionVariable(kernel, "readable");
    const closing = new Shared(kernel, false, "closing");
    kernel.spawn("reader", function* read() {
      yield* lock.lock();
      while (!closing.value) yield* readable.wait(lock);
      lock.unlock();
    });
    kernel.spawn("closer", function* close() {
      if (isFixed) yield* lock.lock();
      closing.value = true;
      yield* readable.notifyAll();
      if (isFixed) lock.unlock();
    });
  });

/** A cookie is freed while another thread still uses it; nothing panics. */
export const silentFree: Planted = (isFixed) =>
  program((kernel) => {
    kernel.spawn("opener", function* open() {
      const cookie = kernel.heap.new(Cookie);
      const user = kernel.spawn("user", function* read() {
        yield* kernel.yieldThread();
        cookie.count = cookie.flags;
      });
      if (isFixed) yield* kernel.waitForThread(user);
      yield* kernel.yieldThread();
      kernel.heap.delete(cookie);
    });
  });

/** Both close and free delete. */
export const freedTwice: Planted = (isFixed) =>
  program((kernel) => {
    const cookie = kernel.heap.new(Cookie);
    function* close(): Steps<void> {
      if (!isFixed) kernel.heap.delete(cookie);
      yield* kernel.yieldThread();
    }
    function* free(): Steps<void> {
      kernel.heap.delete(cookie);
      yield* kernel.yieldThread();
    }
    kernel.spawn("app", function* () {
      yield* close();
      yield* free();
    });
  });

/** A field of raw memory that open forgets to set. */
export const rawField: Planted = (isFixed) =>
  program((kernel) => {
    kernel.spawn("opener", function* open() {
      const cookie = kernel.heap.malloc(Cookie);
      cookie.flags = 0;
      if (isFixed) cookie.count = 0;
      yield* kernel.yieldThread();
      if (cookie.count > 5) cookie.flags = 1;
      kernel.heap.delete(cookie);
    });
  });

/** What keeps two threads' accesses to one field apart. */
export type Order = "nothing" | "mutex" | "semaphore" | "join" | "atomic" | "notify" | "interrupts off";

/** Two threads change one field of a cookie. */
export const changedByTwo = (order: Order, cpus = 1): Program => {
  return (simulation) => {
    const kernel = new Kernel(simulation, { cpus });
    const cookie = kernel.heap.new(Cookie);
    const lock = new Mutex(kernel, "lock");
    const done = new Semaphore(kernel, 0, "done");
    const flag = new Atomic(kernel, 0, "flag");
    const changed = new ConditionVariable(kernel, "changed");
    function* first(): Steps<void> {
      if (order === "mutex" || order === "notify") yield* lock.lock();
      const wereOn = order === "interrupts off" ? yield* kernel.disableInterrupts() : false;
      cookie.count++;
      kernel.restoreInterrupts(wereOn);
      if (order === "notify") yield* changed.notifyAll();
      if (order === "mutex" || order === "notify") lock.unlock();
      if (order === "semaphore") yield* done.release();
      if (order === "atomic") yield* flag.set(1);
      yield* kernel.yieldThread();
    }
    function* second(before: ReturnType<Kernel["spawn"]>): Steps<void> {
      if (order === "semaphore") yield* done.acquire();
      if (order === "join") yield* kernel.waitForThread(before);
      if (order === "atomic" && (yield* flag.get()) === 0) return;
      if (order === "mutex" || order === "notify") yield* lock.lock();
      if (order === "notify") while (cookie.count === 0) yield* changed.wait(lock);
      const wereOn = order === "interrupts off" ? yield* kernel.disableInterrupts() : false;
      cookie.count++;
      kernel.restoreInterrupts(wereOn);
      if (order === "mutex" || order === "notify") lock.unlock();
      yield* kernel.yieldThread();
    }
    const thread = kernel.spawn("first", first);
    kernel.spawn("second", () => second(thread));
  };
};

/** In a release kernel: a mutex is locked with a spinlock held. */
export const lockUnderSpinlock: Planted = (isFixed) => (simulation) => {
  const kernel = new Kernel(simulation, { debug: "release", cpus: 2 });
  const spinlock = new Spinlock(kernel, "ring lock");
  const mutex = new Mutex(kernel, "queue lock");
  kernel.spawn("driver", function* transmit() {
    if (isFixed) yield* mutex.lock();
    const wereOn = yield* kernel.disableInterrupts();
    yield* spinlock.acquire();
    if (!isFixed) yield* mutex.lock();
    if (!isFixed) mutex.unlock();
    spinlock.release();
    kernel.restoreInterrupts(wereOn);
    if (isFixed) mutex.unlock();
  });
};

/** An error path that does not unlock, in a thread that then ends. */
export const keptLock: Planted = (isFixed) =>
  program((kernel) => {
    const lock = new Mutex(kernel, "lock");
    kernel.spawn("worker", function* work() {
      yield* lock.lock();
      if (isFixed) lock.unlock();
      yield* kernel.yieldThread();
    });
  });

/** `if` where `while` is meant. */
export const waitOnce: Planted = (isFixed) =>
  program((kernel) => {
    const lock = new Mutex(kernel, "lock");
    const added = new ConditionVariable(kernel, "added");
    const items = new Shared(kernel, 0, "items");
    const isEmpty = (): boolean => items.value === 0;
    kernel.spawn("consumer", function* take() {
      yield* lock.lock();
      if (isFixed) while (isEmpty()) yield* added.wait(lock);
      else if (isEmpty()) yield* added.wait(lock);
      items.value--;
      lock.unlock();
    });
    kernel.spawn("producer", function* put() {
      yield* lock.lock();
      items.value++;
      yield* added.notifyOne();
      lock.unlock();
    });
  });

/** A cookie that is freed after a pause, in which its user is expected to have left. */
export const pauseBeforeFree: Planted = (isFixed) =>
  program((kernel) => {
    const packets = new Atomic(kernel, 0, "packets");
    kernel.spawn("closer", function* close() {
      const cookie: Cookie = kernel.heap.new(Cookie);
      const reader = kernel.spawn("reader", function* read() {
        cookie.flags = 1;
        yield* packets.add(1);
        cookie.flags = 2;
      });
      if (isFixed) yield* kernel.waitForThread(reader);
      else yield* kernel.snooze(10);
      kernel.heap.delete(cookie);
    });
  });

/** A device raises an interrupt after a while; the driver forgets that it may come before anybody waits for it. */
export const lateReader = (isDaemon: boolean): Program =>
  program((kernel) => {
    const lock = new Spinlock(kernel, "registers");
    const rung = new ConditionVariable(kernel, "rung");
    kernel.spawn(
      "device",
      function* ring() {
        yield* kernel.snooze(1_000);
        using _ = yield* lock.guard();
        yield* rung.notifyAll();
      },
      { daemon: isDaemon },
    );
    kernel.spawn("reader", function* read() {
      const gate = new Mutex(kernel, "gate");
      yield* gate.lock();
      yield* rung.wait(gate);
      gate.unlock();
    });
  });

/** A thread that looks every 20 us whether another one is ready, which takes a while. */
export const busyLook: Planted = (isFixed) =>
  program((kernel) => {
    const lock = new Mutex(kernel, "lock");
    const changed = new ConditionVariable(kernel, "changed");
    const ready = new Shared(kernel, false, "ready");
    kernel.spawn("poller", function* look() {
      yield* lock.lock();
      while (!ready.value) {
        if (isFixed) yield* changed.wait(lock);
        else {
          lock.unlock();
          yield* kernel.snooze(20);
          yield* lock.lock();
        }
      }
      lock.unlock();
    });
    kernel.spawn("device", function* finish() {
      yield* kernel.snooze(2_000);
      yield* lock.lock();
      ready.value = true;
      yield* changed.notifyAll();
      lock.unlock();
    });
  });

/** An urgent thread waits for a lock whose holder never comes to the CPU, because another one computes. */
export const inverted: Planted = (isFixed) =>
  program((kernel) => {
    const lock = new Mutex(kernel, "lock");
    // Each round takes ten microseconds.
    function* compute(rounds: number): Steps<void> {
      const work = new Atomic(kernel, 0, "work");
      for (let i = 0; i < rounds; i++) {
        kernel.simulation.scheduler.charge(10_000);
        yield* work.add(1);
      }
    }
    kernel.spawn(
      "low",
      function* hold() {
        yield* lock.lock();
        yield* compute(4);
        lock.unlock();
      },
      { priority: 100 },
    );
    kernel.spawn(
      "middle",
      function* calculate() {
        yield* kernel.snooze(12);
        yield* compute(isFixed ? 1 : 30);
      },
      { priority: 110 },
    );
    kernel.spawn(
      "urgent",
      function* want() {
        yield* kernel.snooze(15);
        yield* lock.lock();
        lock.unlock();
      },
      { priority: 120 },
    );
  });
