// Goal: measured time runs threads as Haiku's scheduler does: priorities, waking without switching, quanta, several CPUs.
// Method: threads that use CPU time and say when they ran (facts: haiku.md, section 3).
import { describe, expect, test } from "vitest";
import { B_OK } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { scaleCosts, DEFAULT_COSTS } from "#kernel/costs";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { measured } from "./running.js";

/** Uses so much CPU time, with a point after each tenth of a millisecond. */
function* busy(kernel: Kernel, microseconds: number): Steps<void> {
  for (let used = 0; used < microseconds; used += 100) {
    kernel.simulation.scheduler.charge(100_000);
    yield* new Semaphore(kernel, 1).acquire();
  }
}

describe("time", () => {
  test("a snooze lasts as long as it says, and not much longer", () => {
    for (const duration of [0, 1, 10, 10_000, 1_000_000]) {
      const { log } = measured((kernel, log) => ({
        *main() {
          const before = kernel.systemTime();
          log.push(yield* kernel.snooze(duration), kernel.systemTime() - before);
        },
      }));
      expect(log[0]).toBe(B_OK);
      expect(log[1]).toBeGreaterThanOrEqual(duration);
      expect(log[1]).toBeLessThan(duration + 50);
    }
  });

  test.each([
    ["10", '"10"'],
    [Number.NaN, "NaN"],
    [{}, "an object"],
  ])("a snooze of %j is refused, and shown as what it is", (duration, shown) => {
    const { outcome } = measured((kernel) => ({ sleeper: () => kernel.snooze(duration as never) as never }));
    expect(outcome.message).toBe(`UsageError: snooze() takes a number of microseconds, not ${shown}`);
  });

  test("a snooze of nothing still lets others go first", () => {
    const { log } = measured((kernel, log) => ({
      *main() {
        yield* kernel.snooze(0);
        log.push("main");
      },
      *other() {
        log.push("other");
      },
    }));
    expect(log).toEqual(["other", "main"]);
  });

  test("sleepers wake in the order of their deadlines, equal ones as they came", () => {
    const { log } = measured((kernel, log) => {
      const sleeper = (name: string, duration: number) =>
        function* (): Steps<void> {
          yield* kernel.snooze(duration);
          log.push(name);
        };
      return { long: sleeper("long", 3_000), short: sleeper("short", 1_000), middle: sleeper("middle", 2_000) };
    });
    expect(log).toEqual(["short", "middle", "long"]);
  });

  test("nobody's sleep costs CPU time", () => {
    const { time, simulation } = measured((kernel) => ({
      *main() {
        yield* kernel.snooze(1_000_000);
      },
    }));
    expect(time).toBeGreaterThanOrEqual(1_000_000);
    expect(simulation.threads[0]?.cpuTime).toBeLessThan(100_000);
  });

  test("no verdict depends on the costs: halved and doubled, the order is the same", () => {
    const order = (factor: number): unknown[] =>
      measured(
        (kernel, log) => {
          const mutex = new Mutex(kernel, "m");
          const body = (name: string, delay: number) =>
            function* (): Steps<void> {
              yield* kernel.snooze(delay);
              yield* mutex.lock();
              log.push(name);
              yield* kernel.snooze(1_000);
              mutex.unlock();
            };
          return { c: body("c", 3_000), a: body("a", 1_000), b: body("b", 2_000) };
        },
        { costs: scaleCosts(DEFAULT_COSTS, factor) },
      ).log;
    expect([order(0.5), order(1), order(2)]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
  });
});

describe("priorities", () => {
  test("of the ready threads the most urgent runs first, equals as they came", () => {
    const { log } = measured((kernel, log) => {
      const body = (name: string) =>
        function* (): Steps<void> {
          log.push(name);
        };
      return {
        *main() {
          for (const [name, priority] of [
            ["low", 5],
            ["normal", 10],
            ["also normal", 10],
            ["real time", 120],
          ] as const) {
            kernel.spawn(name, body(name), { priority });
          }
          yield* kernel.snooze(10);
        },
      };
    });
    expect(log).toEqual(["real time", "normal", "also normal", "low"]);
  });

  test("waking a more urgent thread does not switch: not by notify, not by unlock", () => {
    const { log } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const variable = new ConditionVariable(kernel, "cv");
      return {
        first: [
          function* () {
            yield* variable.wait(null);
            log.push("notified");
          },
          { priority: 120 },
        ],
        *main() {
          yield* mutex.lock();
          kernel.spawn(
            "second",
            function* () {
              yield* mutex.lock();
              log.push("handed over");
              mutex.unlock();
            },
            { priority: 110 },
          );
          yield* kernel.snooze(10);
          yield* variable.notifyAll();
          log.push("after notify");
          mutex.unlock();
          yield* new Semaphore(kernel, 1).acquire();
          log.push("after unlock");
        },
      };
    });
    expect(log).toEqual(["after notify", "after unlock", "notified", "handed over"]);
  });

  test("a timer interrupt switches to the more urgent thread that it wakes", () => {
    const { log } = measured((kernel, log) => ({
      sleeper: [
        function* () {
          yield* kernel.snooze(350);
          log.push(["woken", kernel.systemTime() < 700]);
        },
        { priority: 20 },
      ],
      *worker() {
        yield* busy(kernel, 2_000);
        log.push("worked");
      },
    }));
    expect(log).toEqual([["woken", true], "worked"]);
  });

  test("a timer does not switch to a less urgent one", () => {
    const { log } = measured((kernel, log) => ({
      sleeper: [
        function* () {
          yield* kernel.snooze(350);
          log.push("woken");
        },
        { priority: 5 },
      ],
      worker: [
        function* () {
          yield* busy(kernel, 600);
          log.push("worked");
        },
        { priority: 15 },
      ],
    }));
    expect(log).toEqual(["worked", "woken"]);
  });

  test("real-time threads let nobody below run; others lose by using whole quanta", () => {
    const first = (priority: number): unknown =>
      measured((kernel, log) => ({
        hog: [
          function* () {
            yield* busy(kernel, 100_000);
            log.push("hog");
          },
          { priority },
        ],
        *main() {
          yield* busy(kernel, 1_000);
          log.push("main");
        },
      })).log[0];
    expect(first(100)).toBe("hog");
    expect(first(15)).toBe("main");
  });
});

describe("quanta", () => {
  test("equal threads share the CPU: a thousand microseconds each, or less", () => {
    const { log } = measured((kernel, log) => {
      const current = shared(kernel, "", "current");
      const body = (name: string) =>
        function* (): Steps<void> {
          for (let i = 0; i < 30; i++) {
            yield* busy(kernel, 100);
            if (current.value !== name) log.push(name);
            current.value = name;
          }
        };
      return { a: body("a"), b: body("b") };
    });
    // 3 ms of work each, in slices of 1 ms, the costs of the operations included.
    expect(log).toEqual(["a", "b", "a", "b", "a", "b", "a", "b"]);
  });

  test("who yields goes behind its equals", () => {
    const { log } = measured((kernel, log) => {
      const body = (name: string) =>
        function* (): Steps<void> {
          for (let i = 0; i < 2; i++) {
            log.push(name);
            yield* kernel.yieldThread();
          }
        };
      return { a: body("a"), b: body("b") };
    });
    expect(log).toEqual(["a", "b", "a", "b"]);
  });
});

describe("several CPUs", () => {
  test("work that takes two CPUs one second takes one about two", () => {
    const duration = (cpus: number): number =>
      measured(
        (kernel) => ({
          *a() {
            yield* busy(kernel, 100_000);
          },
          *b() {
            yield* busy(kernel, 100_000);
          },
        }),
        { cpus },
      ).time;
    expect(duration(1)).toBeGreaterThan(200_000);
    expect(duration(2)).toBeLessThan(120_000);
    expect(duration(4)).toBeLessThan(120_000);
  });

  test("a thread runs on one CPU at a time", () => {
    const { simulation, time } = measured(
      (kernel) => {
        const semaphore = new Semaphore(kernel, 0, "s");
        return {
          *a() {
            for (let i = 0; i < 20; i++) {
              yield* semaphore.acquire();
              yield* busy(kernel, 1_000);
            }
          },
          *b() {
            for (let i = 0; i < 20; i++) {
              yield* semaphore.release();
              yield* busy(kernel, 500);
            }
          },
        };
      },
      { cpus: 3 },
    );
    for (const thread of simulation.threads) expect(thread.cpuTime / 1_000).toBeLessThanOrEqual(time);
    expect(time).toBeGreaterThanOrEqual(20_000);
  });

  test("time never goes backwards, for any thread on any CPU", () => {
    const { log, outcome } = measured(
      (kernel, log) => {
        const mutex = new Mutex(kernel, "m");
        const latest = shared(kernel, 0, "latest");
        const body = function* (): Steps<void> {
          for (let i = 0; i < 20; i++) {
            yield* mutex.lock();
            const now = kernel.systemTime();
            if (now < latest.value) log.push(`${latest.value} then ${now}`);
            latest.value = now;
            mutex.unlock();
            yield* busy(kernel, 100 + 100 * (i % 3));
            if (i % 5 === 0) yield* kernel.snooze(130);
          }
        };
        return { a: body, b: body, c: body, d: body };
      },
      { cpus: 2 },
    );
    expect([outcome.kind, ...log]).toEqual(["finished"]);
  });

  test("a woken thread is run by an idle CPU while the waker goes on", () => {
    const { log } = measured(
      (kernel, log) => {
        const variable = new ConditionVariable(kernel, "cv");
        return {
          *waiter() {
            yield* variable.wait(null);
            log.push("woken");
          },
          *worker() {
            yield* kernel.snooze(100);
            yield* variable.notifyAll();
            yield* busy(kernel, 10_000);
            log.push("worked");
          },
        };
      },
      { cpus: 2 },
    );
    expect(log).toEqual(["woken", "worked"]);
  });
});

describe("polling in measured time", () => {
  test("a loop that nobody ends is a livelock; one that is ended is none", () => {
    const polls = (raise: boolean): string =>
      measured((kernel) => {
        const flag = shared(kernel, false, "flag");
        return {
          *poller() {
            while (!flag.value) yield* kernel.snooze(10);
          },
          *raiser() {
            yield* kernel.snooze(5_000);
            flag.value = raise;
          },
        };
      }).outcome.kind;
    expect([polls(true), polls(false)]).toEqual(["finished", "livelock"]);
  });

  test("a loop that never sleeps and changes nothing is a livelock; one that computes is none", () => {
    const spins = (computes: boolean): string =>
      measured((kernel) => {
        const flag = shared(kernel, false, "flag");
        return {
          *spinner() {
            for (let round = 0; round < 8_000 && !flag.value; round++) {
              yield* kernel.yieldThread();
              if (computes) kernel.simulation.scheduler.charge(1_000);
            }
          },
        };
      }).outcome.kind;
    expect([spins(true), spins(false)]).toEqual(["finished", "livelock"]);
  });

  test("a host may have had more threads than it can have at once", () => {
    const { outcome } = measured((kernel) => ({
      *parent() {
        for (let child = 0; child < 5_000; child++) {
          yield* kernel.waitForThread(kernel.spawn("child", function* () {}));
        }
      },
    }));
    expect(outcome.kind).toBe("finished");
  });

  test("a daemon that polls for ever is no livelock once the others are done", () => {
    const { outcome } = measured((kernel) => ({
      daemon: [
        function* () {
          for (;;) yield* kernel.snooze(10);
        },
        { daemon: true },
      ],
      *main() {
        yield* kernel.snooze(1_000);
      },
    }));
    expect(outcome.kind).toBe("finished");
  });

  test("a thread that waits long for a deadline is no livelock, however often another polls", () => {
    const { outcome } = measured(
      (kernel) => {
        const flag = shared(kernel, false, "flag");
        return {
          *poller() {
            while (!flag.value) yield* kernel.snooze(10);
          },
          *patient() {
            yield* kernel.snooze(1_000);
            yield* kernel.snooze(100_000);
            flag.value = true;
          },
        };
      },
      { maxSteps: 200_000 },
    );
    expect(outcome.kind).toBe("finished");
  });
});
