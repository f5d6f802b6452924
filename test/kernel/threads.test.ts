// Goal: threads begin, wait for each other, are signalled and end as Haiku's do.
// Method: small programs in measured time, all orders where order matters (facts: haiku.md, section 3).
import { describe, expect, test } from "vitest";
import { B_BAD_THREAD_ID, B_BAD_THREAD_STATE, B_ERROR, B_INTERRUPTED, B_OK, EDEADLK } from "#base/status";
import { B_CAN_INTERRUPT, B_INFINITE_TIMEOUT, SIGKILL, type Thread } from "#kernel/thread";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { adversarial, measured } from "./running.js";

describe("starting", () => {
  test("a suspended thread runs when it is resumed, once", () => {
    const { log, outcome } = measured((kernel, log) => ({
      *main() {
        const child = kernel.spawnSuspended("child", function* () {
          log.push("runs");
        });
        yield* kernel.snooze(100);
        log.push("still suspended");
        log.push(yield* kernel.resumeThread(child), yield* kernel.resumeThread(child));
        yield* kernel.snooze(100);
        log.push(yield* kernel.resumeThread(child));
      },
    }));
    expect([outcome.kind, ...log]).toEqual([
      "finished",
      "still suspended",
      B_OK,
      B_BAD_THREAD_STATE,
      "runs",
      B_BAD_THREAD_STATE,
    ]);
  });

  test("nobody resumes it: the end is a deadlock that says so", () => {
    const { outcome } = measured((kernel) => ({
      *main() {
        kernel.spawnSuspended("child", function* () {});
      },
    }));
    expect([outcome.kind, outcome.message]).toEqual(["deadlock", '"child" waits to be resumed']);
  });

  test("names are cut to 31 characters", () => {
    const { log } = measured((kernel, log) => ({
      *main() {
        log.push(kernel.spawn("n".repeat(40), function* () {}).name.length);
      },
    }));
    expect(log).toEqual([31]);
  });

  test("of two that resume it, exactly one succeeds, whichever comes first", () => {
    const { ends } = adversarial((kernel, log) => {
      let child: Thread | null = null;
      const body = (name: string) =>
        function* (): Generator<undefined, void, void> {
          if (child === null) throw new Error("no child");
          log.push(name, (yield* kernel.resumeThread(child)) === B_OK);
        };
      child = kernel.spawnSuspended("child", function* () {});
      return { left: body("left"), right: body("right") };
    });
    // Both are there, in whichever order they say so.
    const winners = ends.map((end) => /(\w+) true/.exec(end)?.[1]).sort();
    expect(winners).toEqual(["left", "right"]);
    for (const end of ends) expect(end.match(/true/g)).toHaveLength(1);
  });
});

describe("waiting for a thread", () => {
  test("ends when it is dead, and its result and exit status are there", () => {
    const { log, outcome } = measured((kernel, log) => ({
      *main() {
        const child = kernel.spawn("child", function* () {
          yield* kernel.snooze(100);
          return 42;
        });
        log.push(yield* kernel.waitForThread(child), child.result, child.exitStatus, kernel.systemTime() >= 100);
        log.push(yield* kernel.waitForThread(child));
      },
    }));
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, 42, B_OK, true, B_OK]);
  });

  test("oneself is EDEADLK, nobody is B_BAD_THREAD_ID", () => {
    const { log } = measured((kernel, log) => ({
      *main() {
        log.push(yield* kernel.waitForThread(kernel.currentThread), yield* kernel.waitForThread(null));
      },
    }));
    expect(log).toEqual([EDEADLK, B_BAD_THREAD_ID]);
  });

  test("resumes it when it is suspended", () => {
    const threads: Parameters<typeof measured>[0] = (kernel, log) => ({
      *main() {
        const child = kernel.spawnSuspended("child", function* () {
          log.push("ran");
        });
        log.push(yield* kernel.waitForThread(child));
      },
    });
    const { log, outcome } = measured(threads);
    expect([outcome.kind, ...log]).toEqual(["finished", "ran", B_OK]);
    expect(adversarial(threads).ends).toEqual(["finished ran 0"]);
  });

  test("no signal ends it, not even one that kills", () => {
    const threads: Parameters<typeof measured>[0] = (kernel, log) => {
      const gate = new Semaphore(kernel, 0, "gate");
      return {
        *main() {
          const child = kernel.spawn("child", () => gate.acquire() as Generator<undefined, number, void>);
          const waiter = kernel.spawn("waiter", function* () {
            log.push("waited", yield* kernel.waitForThread(child));
          });
          yield* kernel.snooze(10);
          yield* kernel.sendSignal(waiter, SIGKILL);
          yield* kernel.snooze(10);
          log.push("gate");
          yield* gate.release();
        },
      };
    };
    expect(measured(threads).log).toEqual(["gate", "waited", B_OK]);
  });

  test("two that wait for each other are a deadlock with its cycle", () => {
    const threads: Parameters<typeof measured>[0] = (kernel) => {
      const all: Thread[] = [];
      const other = (place: number) =>
        function* (): Generator<undefined, void, void> {
          yield* kernel.snooze(10);
          yield* kernel.waitForThread(all[place] as Thread);
        };
      all.push(kernel.spawn("left", other(1)), kernel.spawn("right", other(0)));
      return {};
    };
    const { outcome } = measured(threads);
    expect([outcome.kind, outcome.message]).toEqual([
      "deadlock",
      '"left" waits for thread "right"; "right" waits for thread "left"',
    ]);
    expect(adversarial(threads).ends).toEqual(["deadlock"]);
  });
});

describe("ending", () => {
  test("exit_thread ends it in the middle, with its status, and its locks stay held", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *main() {
          const child = kernel.spawn("child", function* () {
            using _ = yield* mutex.guard();
            yield* kernel.exitThread(B_ERROR);
            log.push("never");
          });
          yield* kernel.waitForThread(child);
          log.push(child.exitStatus, child.result, mutex.holder()?.name);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_ERROR, undefined, "child"]);
  });

  test("a daemon that waits is no deadlock, unless somebody waits for it", () => {
    const alone = measured((kernel) => ({
      reader: [
        () => new Semaphore(kernel, 0, "never").acquire() as Generator<undefined, number, void>,
        { daemon: true },
      ],
      *main() {},
    }));
    expect(alone.outcome.kind).toBe("finished");
    const awaited = measured((kernel) => ({
      *main() {
        const reader = kernel.spawn(
          "reader",
          () => new Semaphore(kernel, 0, "never").acquire() as Generator<undefined, number, void>,
          {
            daemon: true,
          },
        );
        yield* kernel.waitForThread(reader);
      },
    }));
    expect(awaited.outcome.kind).toBe("deadlock");
    expect(awaited.outcome.message).toBe('"main" waits for thread "reader"; "reader" waits for semaphore "never"');
  });
});

describe("signals", () => {
  test("to a dead thread are B_BAD_THREAD_ID; to a running one stay pending", () => {
    const { log } = measured((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *main() {
          const child = kernel.spawn("child", function* () {
            yield* kernel.snooze(100);
            log.push(yield* semaphore.acquire(1, B_CAN_INTERRUPT, B_INFINITE_TIMEOUT));
          });
          yield* kernel.snooze(10);
          log.push(yield* kernel.sendSignal(child, SIGKILL));
          yield* kernel.waitForThread(child);
          log.push(yield* kernel.sendSignal(child, SIGKILL));
        },
      };
    });
    expect(log).toEqual([B_OK, B_INTERRUPTED, B_BAD_THREAD_ID]);
  });

  test("do not end a snooze", () => {
    const { time, log } = measured((kernel, log) => ({
      *main() {
        const child = kernel.spawn("child", function* () {
          log.push(yield* kernel.snooze(5_000));
        });
        yield* kernel.snooze(10);
        yield* kernel.sendSignal(child, SIGKILL);
      },
    }));
    expect(log).toEqual([B_OK]);
    expect(time).toBeGreaterThanOrEqual(5_000);
  });
});

describe("limits", () => {
  test("more steps than allowed end the execution as out-of-steps, never as finished", () => {
    const { outcome } = measured(
      (kernel) => ({
        *main() {
          for (;;) yield* kernel.yieldThread();
        },
      }),
      { maxSteps: 500 },
    );
    expect([outcome.kind, outcome.message]).toEqual(["out-of-steps", "more than 500 steps"]);
  });

  test("more than 4096 threads are refused", () => {
    const { outcome } = measured((kernel) => ({
      *main() {
        for (let i = 0; i < 5_000; i++) kernel.spawn(`t${i}`, function* () {});
        yield* kernel.snooze(1);
      },
    }));
    expect(outcome.kind).toBe("assertion");
    expect(outcome.message).toMatch(/^UsageError: more than 4096 threads: "t4095" is one too many$/);
  });

  test("every thread has a number of its own, whoever made it", () => {
    const { simulation } = measured((kernel) => {
      for (let i = 0; i < 150; i++) {
        kernel.spawn(`root ${i}`, function* () {
          for (let j = 0; j < 3; j++)
            kernel.spawn("child", function* () {
              kernel.spawn("grandchild", function* () {});
            });
        });
      }
      return {};
    });
    const ids = simulation.threads.map((thread) => thread.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
