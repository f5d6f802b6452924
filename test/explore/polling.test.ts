// Goal: sleepers, pollers and timed waits neither starve the others nor hide what can happen, and every exploration
// of them ends. Method: small programs whose end states can be listed by hand.
import { describe, expect, test } from "vitest";
import { B_OK, statusName } from "#base/status";
import { explore, type ExploreResult } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";

type Log = (string | number)[];
type Bodies = (kernel: Kernel, log: Log) => Record<string, () => Steps<unknown>>;

interface Explored {
  readonly states: readonly string[];
  readonly result: ExploreResult;
}

/** Every outcome with what its threads logged, sorted. */
function explored(bodies: Bodies, strategy: "dfs" | "sleep"): Explored {
  const states = new Set<string>();
  let log: Log = [];
  const result = explore(
    (simulation) => {
      const kernel = new Kernel(simulation);
      log = [];
      for (const [name, body] of Object.entries(bodies(kernel, log)))
        kernel.spawn(name, body, { daemon: name.startsWith("daemon") });
    },
    {
      strategy,
      maxExecutions: 3_000,
      simulation: { maxSteps: 1_000 },
      onExecution: ({ outcome }) => states.add([outcome.kind, ...log].join(" ")),
    },
  );
  return { states: [...states].sort(), result };
}

const both = ["dfs", "sleep"] as const;

describe.each(both)("with %s", (strategy) => {
  test("a loop that polls a flag ends when another thread raises it", () => {
    const { states, result } = explored((kernel) => {
      const flag = shared(kernel, false, "flag");
      return {
        *poller() {
          while (!flag.value) yield* kernel.snooze(10);
        },
        *raiser() {
          yield* kernel.snooze(1_000);
          flag.value = true;
        },
      };
    }, strategy);
    expect(states).toEqual(["finished"]);
    expect(result.exhausted).toBe(true);
  });

  test("a loop that polls a flag which nobody raises is a livelock, by the name of who polls", () => {
    const { states, result } = explored((kernel) => {
      const flag = shared(kernel, false, "flag");
      return {
        *poller() {
          while (!flag.value) yield* kernel.snooze(10);
        },
        *other() {
          yield* kernel.snooze(5);
        },
      };
    }, strategy);
    expect(states).toEqual(["livelock"]);
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.outcome.message).toContain('"poller"');
  });

  test("two loops that poll each other's flag are a livelock, and end the exploration", () => {
    const { states } = explored((kernel) => {
      const flags = [shared(kernel, false, "a"), shared(kernel, false, "b")];
      const body = (own: number): (() => Steps<void>) =>
        function* () {
          while (flags[1 - own]?.value !== true) yield* kernel.snooze(10);
          (flags[own] as { value: boolean }).value = true;
        };
      return { left: body(0), right: body(1) };
    }, strategy);
    expect(states).toEqual(["livelock"]);
  });

  test("a loop with a timed wait on a condition variable ends when its predicate is made true without a notify", () => {
    const { states, result } = explored((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const condition = new ConditionVariable(kernel, "cv");
      const ready = shared(kernel, false, "ready");
      return {
        *waiter() {
          using _ = yield* mutex.guard();
          while (!ready.value) yield* condition.wait(mutex, B_RELATIVE_TIMEOUT, 100);
          log.push("seen");
        },
        *setter() {
          using _ = yield* mutex.guard();
          ready.value = true;
        },
      };
    }, strategy);
    expect(states).toEqual(["finished seen"]);
    expect(result.exhausted).toBe(true);
  });

  test("a loop with a bound of its own gives up, and may also see the flag", () => {
    const { states } = explored((kernel, log) => {
      const flag = shared(kernel, false, "flag");
      return {
        *poller() {
          for (let tries = 0; tries < 20; tries++) {
            if (flag.value) return void log.push("seen");
            yield* kernel.snooze(10);
          }
          log.push("given up");
        },
        *blocked() {
          yield* new Semaphore(kernel, 0, "never").acquire();
          flag.value = true;
        },
      };
    }, strategy);
    expect(states).toEqual(["deadlock given up"]);
  });

  test("a daemon that polls for ever is no livelock once the others are done", () => {
    const { states } = explored((kernel) => {
      const flag = shared(kernel, false, "flag");
      return {
        *daemon() {
          while (!flag.value) yield* kernel.snooze(10);
        },
        *main() {
          yield* kernel.snooze(100);
        },
      };
    }, strategy);
    expect(states).toEqual(["finished"]);
  });

  test("two timed waits in a row may both time out before another thread has begun", () => {
    const { states } = explored((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *waiter() {
          log.push(statusName(yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT, 10)));
          log.push(statusName(yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT, 10)));
          yield* semaphore.release();
        },
        *counter() {
          log.push(yield* semaphore.count());
        },
      };
    }, strategy);
    expect(states).toContain("finished B_TIMED_OUT B_TIMED_OUT 1");
  });

  test("two sleeps in a row may both end before another thread has begun", () => {
    const { states } = explored((kernel, log) => {
      const cell = shared(kernel, 0, "cell");
      return {
        *sleeper() {
          yield* kernel.snooze(10);
          yield* kernel.snooze(10);
          yield* kernel.snooze(10);
          cell.value = 1;
        },
        *reader() {
          log.push(cell.value);
        },
      };
    }, strategy);
    expect(states).toEqual(["finished 0", "finished 1"]);
  });

  test("a loop that tries a lock gets it as soon as it is unlocked, however often it failed before", () => {
    const { states } = explored((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const later = new Atomic(kernel, 0, "later");
      return {
        *holder() {
          yield* mutex.lock();
          mutex.unlock();
          yield* later.set(1);
        },
        *taker() {
          let failures = 0;
          while ((yield* mutex.tryLock()) !== B_OK) {
            failures++;
            yield* kernel.snooze(10);
          }
          log.push(`after ${failures}`, yield* later.get());
          mutex.unlock();
        },
      };
    }, strategy);
    expect(states).toEqual(
      expect.arrayContaining(["finished after 0 0", "finished after 1 0", "finished after 2 0", "finished after 0 1"]),
    );
  });

  test("a loop that yields until a flag is raised ends", () => {
    const { states, result } = explored((kernel) => {
      const flag = shared(kernel, false, "flag");
      return {
        *poller() {
          while (!flag.value) yield* kernel.yieldThread();
        },
        *raiser() {
          yield* kernel.yieldThread();
          flag.value = true;
        },
      };
    }, strategy);
    expect(states).toEqual(["finished"]);
    expect(result.exhausted).toBe(true);
  });

  test("a loop that yields for ever is a livelock", () => {
    const { states } = explored((kernel) => {
      const flag = shared(kernel, false, "flag");
      return {
        *poller() {
          while (!flag.value) yield* kernel.yieldThread();
        },
      };
    }, strategy);
    expect(states).toEqual(["livelock"]);
  });

  test("the time that a thread reads after sleeping is explored in every order", () => {
    const { states } = explored(
      (kernel, log) => ({
        *first() {
          yield* kernel.snooze(100);
          log.push("first", kernel.systemTime());
        },
        *second() {
          yield* kernel.snooze(5);
          log.push("second", kernel.systemTime());
        },
      }),
      strategy,
    );
    // Late by the other's time, or not: each is woken at its own time or after the other.
    expect(states).toEqual(expect.arrayContaining(["finished second 5 first 100", "finished first 100 second 100"]));
  });
});
