// The programs of the literature whose interleavings and traces are counted (facts: explorer.md, D.2, D.3, D.6).

import { Kernel } from "#kernel/kernel";
import type { Simulation } from "#kernel/simulation";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import type { Program } from "#explore/execution";
import type { Steps } from "#kernel/operation";

type Body = () => Steps<void>;

function program(make: (kernel: Kernel) => Body[]): Program {
  return (simulation: Simulation) => {
    const kernel = new Kernel(simulation);
    make(kernel).forEach((body, place) => kernel.spawn(`t${place + 1}`, body));
  };
}

function* locked(mutex: Mutex, work: () => void = () => {}): Steps<void> {
  yield* mutex.lock();
  work();
  mutex.unlock();
}

/** Two threads, each locking and unlocking one mutex n times. */
export const inc = (n: number): Program =>
  program((kernel) => {
    const mutex = new Mutex(kernel, "m");
    const body: Body = function* () {
      for (let i = 0; i < n; i++) yield* locked(mutex);
    };
    return [body, body];
  });

/** n philosophers, own fork first. */
export const dining = (n: number): Program =>
  program((kernel) => {
    const forks = Array.from({ length: n }, (_, i) => new Mutex(kernel, `fork ${i}`));
    return forks.map((own, i) => {
      const other = forks[(i + 1) % n] ?? own;
      return function* () {
        yield* own.lock();
        yield* other.lock();
        other.unlock();
        own.unlock();
      };
    });
  });

/** n readers of x, one writer. */
export const readers = (n: number): Program =>
  program((kernel) => {
    const x = new Atomic(kernel, 0, "x");
    const writer: Body = function* () {
      yield* x.set(1);
    };
    const reader: Body = function* () {
      yield* x.get();
    };
    return [writer, ...Array.from({ length: n }, () => reader)];
  });

/** n writers of x. */
export const writers = (n: number): Program =>
  program((kernel) => {
    const x = new Atomic(kernel, 0, "x");
    return Array.from(
      { length: n },
      (_, i): Body =>
        function* () {
          yield* x.set(i + 1);
        },
    );
  });

/** A reader looks for the last zero from the right, n writers set a[j] = a[j-1] + 1. */
export const lastzero = (n: number): Program =>
  program((kernel) => {
    const a = Array.from({ length: n + 1 }, (_, i) => new Atomic(kernel, 0, `a${i}`));
    const at = (i: number): Atomic => a[i] as Atomic;
    const reader: Body = function* () {
      for (let i = n; (yield* at(i).get()) !== 0;) i--;
    };
    const writer = (j: number): Body =>
      function* () {
        const x = yield* at(j - 1).get();
        yield* at(j).set(x + 1);
      };
    return [reader, ...Array.from({ length: n }, (_, j) => writer(j + 1))];
  });

export const deadlock01 = (): Program =>
  program((kernel) => {
    const a = new Mutex(kernel, "a");
    const b = new Mutex(kernel, "b");
    const body = (first: Mutex, second: Mutex): Body =>
      function* () {
        yield* first.lock();
        yield* locked(second);
        first.unlock();
      };
    return [body(a, b), body(b, a)];
  });

export const phase01 = (): Program =>
  program((kernel) => {
    const x = new Mutex(kernel, "x");
    const y = new Mutex(kernel, "y");
    const body: Body = function* () {
      yield* locked(x);
      yield* x.lock();
      yield* locked(y);
      yield* locked(y);
    };
    return [body, body];
  });

export const lazy01 = (): Program =>
  program((kernel) => {
    const mutex = new Mutex(kernel, "m");
    const data = shared(kernel, 0, "data");
    return [
      () => locked(mutex, () => data.value++),
      () => locked(mutex, () => (data.value += 2)),
      () =>
        locked(mutex, () => {
          if (data.value >= 3) throw new Error("data >= 3");
        }),
    ];
  });

export const tokenRing = (): Program =>
  program((kernel) => {
    const mutex = new Mutex(kernel, "m");
    const x = [1, 2, 1].map((value, i) => shared(kernel, value, `x${i + 1}`));
    const [x1, x2, x3] = x as [(typeof x)[0], (typeof x)[0], (typeof x)[0]];
    const done = shared(kernel, 0, "flags");
    return [
      () => locked(mutex, () => ((x1.value = (x3.value + 1) % 4), (done.value |= 1))),
      () => locked(mutex, () => ((x2.value = x1.value), (done.value |= 2))),
      () => locked(mutex, () => ((x3.value = x2.value), (done.value |= 4))),
      () =>
        locked(mutex, () => {
          if (done.value === 7 && !(x1.value === x2.value && x2.value === x3.value)) throw new Error("tokens differ");
        }),
    ];
  });

export const sync01 = (): Program =>
  program((kernel) => {
    const mutex = new Mutex(kernel, "m");
    const empty = new ConditionVariable(kernel, "empty");
    const full = new ConditionVariable(kernel, "full");
    const num = shared(kernel, 1, "num");
    return [
      function* () {
        yield* mutex.lock();
        while (num.value > 0) yield* empty.wait(mutex);
        num.value++;
        mutex.unlock();
        yield* full.notifyOne();
      },
      function* () {
        yield* mutex.lock();
        while (num.value === 0) yield* full.wait(mutex);
        mutex.unlock();
        yield* empty.notifyOne();
      },
    ];
  });

/** `setters` threads write a then b; `checkers` assert that they see both or none. */
export const reorder = (setters: number, checkers: number): Program =>
  program((kernel) => {
    const a = new Atomic(kernel, 0, "a");
    const b = new Atomic(kernel, 0, "b");
    const setter: Body = function* () {
      yield* a.set(1);
      yield* b.set(-1);
    };
    const checker: Body = function* () {
      const none = (yield* a.get()) === 0 && (yield* b.get()) === 0;
      if (none) return;
      const both = (yield* a.get()) === 1 && (yield* b.get()) === -1;
      if (!both) throw new Error("saw one write without the other");
    };
    return [...Array.from({ length: setters }, () => setter), ...Array.from({ length: checkers }, () => checker)];
  });

/** A bounded buffer of capacity 1; `one` uses a single condition variable for both directions. */
export const buffer = (producers: number, consumers: number, items: number, one: boolean): Program =>
  program((kernel) => {
    const mutex = new Mutex(kernel, "m");
    const notFull = new ConditionVariable(kernel, "not full");
    const notEmpty = one ? notFull : new ConditionVariable(kernel, "not empty");
    const count = shared(kernel, 0, "count");
    const producer: Body = function* () {
      for (let i = 0; i < items; i++) {
        yield* mutex.lock();
        while (count.value === 1) yield* notFull.wait(mutex);
        count.value++;
        yield* notEmpty.notifyOne();
        mutex.unlock();
      }
    };
    const consumer: Body = function* () {
      for (let i = 0; i < (items * producers) / consumers; i++) {
        yield* mutex.lock();
        while (count.value === 0) yield* notEmpty.wait(mutex);
        count.value--;
        yield* notFull.notifyOne();
        mutex.unlock();
      }
    };
    return [...Array.from({ length: producers }, () => producer), ...Array.from({ length: consumers }, () => consumer)];
  });
