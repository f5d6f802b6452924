// Goal: a race's sequence holds all that does not happen after its earlier step, to the end of the execution, whatever the
// threads are called and in which order they start. Method: two programs whose sequences, cut off behind the later step, were taken
// for covered by one another, or not passed on to who had to explore them, so that traces were lost; all strategies must count as many.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import type { Program } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";

const NAMES = ["reader", "locker", "tries", "notifier", "waiter"] as const;
type Name = (typeof NAMES)[number];

function startedAs(order: readonly Name[]): Program {
  return (simulation) => {
    const kernel = new Kernel(simulation, { name: "host" });
    const mutex = new Mutex(kernel, "m");
    const variable = new ConditionVariable(kernel, "c");
    const atomic = new Atomic(kernel, 0, "a");
    const bodies: Record<Name, () => Steps<void>> = {
      *reader() {
        yield* atomic.get();
      },
      *locker() {
        yield* mutex.lock();
        mutex.unlock();
      },
      *tries() {
        if ((yield* mutex.tryLock()) === 0) mutex.unlock();
      },
      *notifier() {
        yield* variable.notifyOne();
        yield* atomic.set(1);
      },
      *waiter() {
        yield* mutex.lock();
        yield* variable.wait(mutex, B_RELATIVE_TIMEOUT, 100);
        mutex.unlock();
      },
    };
    for (const name of order) kernel.spawn(name, bodies[name]);
  };
}

function ordersOf(names: readonly Name[]): Name[][] {
  if (names.length <= 1) return [[...names]];
  return names.flatMap((first) => ordersOf(names.filter((name) => name !== first)).map((rest) => [first, ...rest]));
}

describe("five threads with a lock that is tried, a wait and an atomic have 166 traces", () => {
  test.each(["sleep", "source", "dpor"] as const)("by %s", (strategy) => {
    expect(explore(startedAs(NAMES), { strategy })).toMatchObject({ executions: 166, exhausted: true });
  });

  test("by dpor in whichever order the threads start, the notifier first", () => {
    const others = NAMES.filter((name) => name !== "notifier");
    const orders = ordersOf(others).map((order): Name[] => ["notifier", ...order]);
    const counts = orders.map((order) => explore(startedAs(order), { strategy: "dpor" }).executions);
    expect(new Set(counts)).toEqual(new Set([166]));
  });
});

/** A lock with a timeout, its holder, and two that write what the holder writes inside. */
const manyVariants: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const mutex = new Mutex(kernel, "m");
  const atomic = new Atomic(kernel, 0, "a");
  const cell = shared(kernel, 0, "x");
  function* counts(): Steps<void> {
    cell.value++;
  }
  kernel.spawn("first", counts);
  kernel.spawn("timed", function* () {
    yield* kernel.yieldThread();
    if ((yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 100)) === 0) mutex.unlock();
  });
  kernel.spawn("holder", function* () {
    yield* mutex.lock();
    yield* atomic.add(1);
    cell.value = 1;
    mutex.unlock();
  });
  kernel.spawn("last", counts);
};

describe("four threads, one with a timeout, have 24 traces, whatever else happens behind a race", () => {
  test.each(["sleep", "source", "dpor"] as const)("by %s", (strategy) => {
    expect(explore(manyVariants, { strategy })).toMatchObject({ executions: 24, exhausted: true });
  });
});
