// Small programs that fail, each in one way, and the means to see one of their failures with its trace.

import { B_ERROR, B_OK } from "#base/status";
import { execute, type Program } from "#explore/execution";
import { explore, type ExploreOptions } from "#explore/explorer";
import { Replay } from "#explore/strategies/replay";
import { Kernel } from "#kernel/kernel";
import { operationVerb, type Steps } from "#kernel/operation";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { struct, uint32 } from "#kernel/struct";
import { ConditionVariable, ConditionVariableEntry } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { mutex } from "#sync/mutex-field";
import { B_RELEASE_ALL, Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";
import type { TraceEvent } from "#trace/event";
import { Recorder } from "#trace/recorder";

export interface Seen {
  readonly outcome: Outcome;
  readonly events: readonly TraceEvent[];
}

/**
 * Explores until a failure of this kind is found, and replays it under a recorder. With sleep sets, which go on with a thread
 * as long as it can: what they find first has few switches.
 */
export function failureOf(program: Program, kind: OutcomeKind, options: ExploreOptions = {}): Seen {
  const found = explore(program, { strategy: "sleep", ...options }).findings.find(
    (finding) => finding.outcome.kind === kind,
  );
  if (found === undefined) throw new Error(`no ${kind} found`);
  const recorder = new Recorder(operationVerb);
  const simulation = { ...DEFAULT_OPTIONS, ...options.simulation, marks: new Set(found.marks) };
  const { outcome } = execute(program, new Replay(found.choices), { time: "adversarial", simulation }, recorder);
  return { outcome, events: recorder.events };
}

/** Two threads that take two mutexes in opposite orders. */
export const oppositeOrders: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const queue = new Mutex(kernel, "queue");
  const pool = new Mutex(kernel, "pool");
  function* move(from: Mutex, to: Mutex): Steps<void> {
    yield* from.lock();
    yield* to.lock();
    to.unlock();
    from.unlock();
  }
  kernel.spawn("filler", () => move(queue, pool));
  kernel.spawn("drainer", () => move(pool, queue));
};

/** A close that notifies without the lock and without a state: a reader may come too late to hear it. */
export const lostNotify: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "read lock");
  const readable = new ConditionVariable(kernel, "readable");
  const queued = shared(kernel, 0, "queued");
  function* tun_read(): Steps<void> {
    yield* lock.lock();
    while (queued.value === 0) {
      const status = yield* readable.wait(lock);
      if (status !== B_OK) break;
    }
    lock.unlock();
  }
  function* tun_close(): Steps<void> {
    yield* readable.notifyAll(B_ERROR);
  }
  const reader = kernel.spawn("reader", tun_read, { daemon: true });
  kernel.spawn("ifconfig", function* () {
    yield* tun_close();
    yield* kernel.waitForThread(reader);
  });
};

/** A notify that the reader hears and cannot see the reason of: it waits again. */
export const unseenNotify: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "read lock");
  const readable = new ConditionVariable(kernel, "readable");
  const queued = shared(kernel, 0, "queued");
  kernel.spawn("reader", function* tun_read() {
    yield* lock.lock();
    while (queued.value === 0) yield* readable.wait(lock);
    lock.unlock();
  });
  kernel.spawn("ifconfig", function* tun_close() {
    yield* lock.lock();
    yield* readable.notifyAll(B_ERROR);
    lock.unlock();
  });
};

/** The same with a close that notifies nobody. */
export const silentClose: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "read lock");
  const readable = new ConditionVariable(kernel, "readable");
  function* tun_read(): Steps<void> {
    yield* lock.lock();
    yield* readable.wait(lock);
    lock.unlock();
  }
  const reader = kernel.spawn("reader", tun_read, { daemon: true });
  kernel.spawn("ifconfig", function* () {
    yield* kernel.waitForThread(reader);
  });
};

/** A release of all waiters that may come before the waiter. */
export const lostRelease: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const packets = new Semaphore(kernel, 0, "packets");
  function* dequeue(): Steps<void> {
    yield* packets.acquire();
  }
  function* down(): Steps<void> {
    yield* packets.release(1, B_RELEASE_ALL);
  }
  kernel.spawn("reader", dequeue);
  kernel.spawn("ifconfig", down);
};

/** A producer that waits where consumers do: a notify of one may wake the wrong thread. */
export const stolenNotify: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  const changed = new ConditionVariable(kernel, "changed");
  const count = shared(kernel, 0, "count");
  function* produce(): Steps<void> {
    yield* lock.lock();
    while (count.value === 1) yield* changed.wait(lock);
    count.value++;
    yield* changed.notifyOne();
    lock.unlock();
  }
  function* consume(): Steps<void> {
    yield* lock.lock();
    while (count.value === 0) yield* changed.wait(lock);
    count.value--;
    yield* changed.notifyOne();
    lock.unlock();
  }
  for (const name of ["p1", "p2"]) kernel.spawn(name, produce);
  for (const name of ["c1", "c2"]) kernel.spawn(name, consume);
};

const Cookie = struct("Cookie", { flags: uint32(), lock: mutex("read lock") });

/** A close that notifies, perhaps sleeps, and deletes the cookie whose lock the reader is about to take again. */
export const freedCookie =
  (snoozeUs: number): Program =>
  (simulation) => {
    const kernel = new Kernel(simulation);
    const cookie = kernel.heap.new(Cookie);
    const readable = new ConditionVariable(kernel, "gIntWait");
    function* tun_read(): Steps<void> {
      yield* cookie.lock.lock();
      yield* readable.wait(cookie.lock);
      cookie.lock.unlock();
    }
    function* tun_close(): Steps<void> {
      yield* readable.notifyAll();
      if (snoozeUs > 0) yield* kernel.snooze(snoozeUs);
      kernel.heap.delete(cookie);
    }
    kernel.spawn("tap0 reader", tun_read, { daemon: true });
    kernel.spawn("ifconfig", tun_close);
  };

/** Freed memory is read, and nothing panics: the judge finds it. */
export const silentUse: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const cookie = kernel.heap.new(Cookie, { flags: 1 });
  function* tun_read(): Steps<void> {
    yield* kernel.yieldThread();
    if (cookie.flags !== 1) throw new Error("flags changed");
  }
  kernel.spawn("reader", tun_read);
  kernel.spawn("closer", function* tun_close() {
    yield* kernel.yieldThread();
    kernel.heap.delete(cookie);
  });
};

/** A lock that is destroyed while another thread may still come. */
export const destroyedLock: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "select lock");
  kernel.spawn("poller", function* tun_select() {
    yield* lock.lock();
    lock.unlock();
  });
  kernel.spawn("ioctl", function* tun_ioctl() {
    yield* lock.destroy();
  });
};

/** A lock that is destroyed before another thread locks it. */
export const destroyedBefore: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "select lock");
  kernel.spawn("main", function* () {
    yield* lock.destroy();
    kernel.spawn("poller", function* tun_select() {
      yield* lock.lock();
    });
  });
};

/** Fresh memory whose lock nobody initialises. */
export const freshLock: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  kernel.spawn("opener", function* tun_open() {
    const cookie = kernel.heap.malloc(Cookie);
    yield* cookie.lock.lock();
  });
};

/** A block that is freed by close and by free. */
export const doubleFree: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const cookie = kernel.heap.new(Cookie);
  function* tun_close(): Steps<void> {
    kernel.heap.delete(cookie);
    yield* kernel.yieldThread();
  }
  function* tun_free(): Steps<void> {
    kernel.heap.delete(cookie);
    yield* kernel.yieldThread();
  }
  kernel.spawn("app", function* () {
    yield* kernel.yieldThread();
    yield* tun_close();
    yield* tun_free();
  });
};

/** A spinlock taken twice by one thread. */
export const spinTwice: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Spinlock(kernel, "ring lock");
  kernel.spawn("driver", function* interrupt() {
    yield* kernel.disableInterrupts();
    yield* lock.acquire();
    yield* lock.acquire();
  });
};

/** A mutex taken twice by one thread. */
export const lockTwice: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  kernel.spawn("driver", function* write() {
    yield* lock.lock();
    yield* lock.lock();
  });
};

/** A thread ends with a lock held. */
export const heldAtExit: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  kernel.spawn("first", function* read() {
    yield* lock.lock();
  });
  kernel.spawn("second", function* write() {
    yield* lock.lock();
    yield* lock.lock();
  });
};

/** A semaphore that is acquired and not released on an early way out. */
export const takenSemaphore: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const send = new Semaphore(kernel, 1, "send");
  function* tun_write(): Steps<void> {
    yield* send.acquire();
  }
  kernel.spawn("writer", function* () {
    yield* tun_write();
    yield* tun_write();
  });
};

/** Two increments of one variable without a lock. */
export const lostUpdate: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const count = shared(kernel, 0, "count");
  function* increment(): Steps<void> {
    const before = count.value;
    yield* kernel.yieldThread();
    count.value = before + 1;
  }
  kernel.spawn("a", increment);
  kernel.spawn("b", increment);
  return () => {
    if (count.value !== 2) throw new Error(`count is ${count.value}, should be 2`);
  };
};

/** One block in two is freed. */
export const leaky: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  kernel.spawn("opener", function* tun_open() {
    yield* kernel.yieldThread();
    kernel.heap.delete(kernel.heap.new(Cookie));
    kernel.heap.new(Cookie);
  });
  return () => (kernel.heap.live.length === 0 ? null : { kind: "leak", message: `${kernel.heap.live.length} Cookie` });
};

/** A poller for which nobody ever changes anything. */
export const poller: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  const ready = shared(kernel, false, "ready");
  kernel.spawn("poller", function* poll() {
    for (;;) {
      yield* lock.lock();
      const isReady = ready.value;
      lock.unlock();
      if (isReady) return;
      yield* kernel.snooze(1000);
    }
  });
};

/** A loop without an end that changes something each time. */
export const deadLoop: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const count = shared(kernel, 0, "count");
  kernel.spawn("looper", function* spin() {
    for (;;) {
      count.value++;
      yield* kernel.yieldThread();
    }
  });
};

/** One thing is announced, and two threads want it: the second one has missed nothing. */
export const takenByAnother: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "read lock");
  const readable = new ConditionVariable(kernel, "readable");
  const queued = shared(kernel, 0, "queued");
  kernel.spawn("writer", function* tun_write() {
    yield* lock.lock();
    queued.value = 1;
    yield* readable.notifyOne();
    lock.unlock();
  });
  for (const name of ["one", "two"]) {
    kernel.spawn(name, function* tun_read() {
      yield* lock.lock();
      while (queued.value === 0) yield* readable.wait(lock);
      queued.value = 0;
      lock.unlock();
    });
  }
};

/** The notifier holds a spinlock, and the waiter adds its entry only after it has let go of that. */
export const addedTooLate: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const registers = new Spinlock(kernel, "registers");
  const readable = new ConditionVariable(kernel, "readable");
  const queued = shared(kernel, 0, "queued");
  kernel.spawn("handler", function* ring() {
    using _ = yield* registers.guard();
    queued.value = 1;
    yield* readable.notifyOne();
  });
  kernel.spawn("reader", function* tun_read() {
    const guard = yield* registers.guard();
    const isEmpty = queued.value === 0;
    guard[Symbol.dispose]();
    if (!isEmpty) return;
    const entry = new ConditionVariableEntry();
    yield* readable.add(entry);
    yield* entry.wait();
  });
};

/** Two threads of one name that take two mutexes in opposite orders. */
export const twoOfOneName: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const queue = new Mutex(kernel, "queue");
  const pool = new Mutex(kernel, "pool");
  function* move(from: Mutex, to: Mutex): Steps<void> {
    yield* from.lock();
    yield* to.lock();
    to.unlock();
    from.unlock();
  }
  kernel.spawn("writer", () => move(queue, pool));
  kernel.spawn("writer", () => move(pool, queue));
};
