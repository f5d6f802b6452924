// Goal: partial-order reduction begins no execution that it then gives up. Method: the smallest of the random programs in which it once did,
// one for each reason; sleep sets say how many traces there are.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared, type Shared } from "#sync/shared";

interface World {
  readonly kernel: Kernel;
  readonly mutex: Mutex;
  readonly condition: ConditionVariable;
  readonly units: Semaphore;
  readonly atomic: Atomic;
  readonly data: Shared<number>;
}
type Body = (world: World) => Operation<unknown> | Steps<unknown>;

const holds: Body = function* ({ mutex }) {
  yield* mutex.lock();
  mutex.unlock();
};
const yieldsHolding: Body = function* ({ kernel, mutex }) {
  yield* mutex.lock();
  yield* kernel.yieldThread();
  mutex.unlock();
};
const waits: Body = function* ({ mutex, condition }) {
  yield* mutex.lock();
  yield* condition.wait(mutex);
  mutex.unlock();
};
const waitsAWhile: Body = function* ({ mutex, condition }) {
  yield* mutex.lock();
  yield* condition.wait(mutex, B_RELATIVE_TIMEOUT, 100);
  mutex.unlock();
};
const notifies: Body = ({ condition }) => condition.notifyOne();
const notifiesAll: Body = ({ condition }) => condition.notifyAll();
const notifiesAllTwice: Body = function* ({ condition }) {
  yield* condition.notifyAll();
  yield* condition.notifyAll();
};
const releases: Body = ({ units }) => units.release();
const asks: Body = ({ units }) => units.acquire(1, B_RELATIVE_TIMEOUT, 0);
// oxlint-disable-next-line require-yield -- a thread need not have an operation
const increments: Body = function* ({ data }) {
  data.value++;
};
// oxlint-disable-next-line require-yield -- as above
const reads: Body = function* ({ data }) {
  return data.value;
};
const addsAndHolds: Body = function* ({ atomic, mutex, data }) {
  yield* atomic.add(1);
  yield* mutex.lock();
  data.value = 0;
  mutex.unlock();
};
const tries: Body = function* ({ mutex }) {
  if ((yield* mutex.tryLock()) === 0) mutex.unlock();
};
// oxlint-disable-next-line require-yield -- as above
const sets: Body = function* ({ data }) {
  data.value = 1;
};
const PROGRAMS: Record<string, readonly Body[]> = {
  "a lock taken twice, and data elsewhere": [increments, reads, yieldsHolding, holds],
  "a semaphore elsewhere": [releases, holds, waits, releases],
  "a wait that times out, and two that notify": [waitsAWhile, notifiesAll, notifiesAll],
  "a lock that is tried": [tries, addsAndHolds, sets],
  "a semaphore that is asked for twice": [holds, waits, asks, asks],
  "a wait that times out, and one that notifies twice": [holds, waitsAWhile, notifies, notifiesAllTwice],
};

describe.each(Object.entries(PROGRAMS))("%s", (_name, bodies) => {
  function explored(strategy: "dpor" | "sleep"): { executions: number; blocked: number; exhausted: boolean } {
    return explore(
      (simulation) => {
        const kernel = new Kernel(simulation, { name: "host" });
        const world: World = {
          kernel,
          mutex: new Mutex(kernel, "mutex"),
          condition: new ConditionVariable(kernel, "condition"),
          units: new Semaphore(kernel, 1, "units"),
          atomic: new Atomic(kernel, 0, "atomic"),
          data: shared(kernel, 0, "data"),
        };
        bodies.forEach((body, place) => {
          kernel.spawn(`t${place}`, function* () {
            yield* body(world);
          });
        });
      },
      { strategy },
    );
  }

  test("every execution that is begun is a trace of its own", () => {
    const { executions, exhausted } = explored("sleep");
    expect(exhausted).toBe(true);
    expect(explored("dpor")).toMatchObject({ executions, blocked: 0, exhausted: true });
  });
});
