// Goal: misuse of operations is named, a panic cannot be hidden, and after it nothing changes any more.
import { describe, expect, test } from "vitest";
import { B_OK } from "#base/status";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { Kernel } from "#kernel/kernel";
import { struct, uint32 } from "#kernel/struct";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { RecursiveLock } from "#sync/recursive-lock";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";
import { adversarial, measured, panicOf } from "./running.js";

describe("a forgotten yield*", () => {
  test("is reported at the thread's next operation, by the operation's and the object's name", () => {
    const { outcome } = measured((kernel) => {
      const mutex = new Mutex(kernel, "read lock");
      return {
        *main() {
          mutex.lock();
          yield* kernel.snooze(1);
        },
      };
    });
    expect(outcome.kind).toBe("assertion");
    expect(outcome.message).toBe(
      'UsageError: thread "main": the operation "lock read lock" was not awaited with yield*',
    );
  });

  test("is reported at the thread's end when no operation follows", () => {
    const { outcome } = measured((kernel) => ({
      *main() {
        new Semaphore(kernel, 1, "s").acquire();
      },
    }));
    expect(outcome.message).toBe('UsageError: thread "main": the operation "acquire s" was not awaited with yield*');
  });

  test("is reported on every schedule, whoever goes first", () => {
    const exploring = (): unknown =>
      adversarial((kernel) => {
        const variable = new ConditionVariable(kernel, "cv");
        return {
          *main() {
            variable.notifyAll();
            yield* variable.notifyAll();
          },
          *other() {
            yield* variable.notifyOne();
          },
        };
      });
    expect(exploring).toThrow(/^thread "main": the operation "notify cv" was not awaited with yield\*/);
  });

  test("is reported with file and line when the run is recorded", () => {
    const { outcome } = measured(
      (kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            mutex.lock();
            yield* kernel.snooze(1);
          },
        };
      },
      { recorded: true },
    );
    expect(outcome.message).toMatch(
      /"lock m" was not awaited with yield\*, at test\/kernel\/operations\.test\.ts:\d+$/,
    );
  });
});

describe("other misuse", () => {
  test("an operation outside a thread is refused", () => {
    const lock = (): unknown =>
      measured((kernel) => {
        new Mutex(kernel, "m").lock();
        return {};
      });
    const exit = (): unknown =>
      measured((kernel) => {
        kernel.exitThread();
        return {};
      });
    expect(lock).toThrow("an operation was performed outside a simulated thread");
    expect(exit).toThrow("outside a simulated thread");
  });

  test("a thread that yields by itself is told to yield* operations only", () => {
    const { outcome } = measured(() => ({
      *main() {
        yield undefined;
      },
    }));
    expect([outcome.kind, outcome.message]).toEqual([
      "assertion",
      'UsageError: thread "main" yielded by itself: only yield* operations',
    ]);
  });

  test("it is told so too when another thread goes on in between", () => {
    const { outcome } = measured((kernel) => ({
      *main() {
        yield* kernel.snooze(10);
        yield undefined;
      },
      *other() {
        yield* kernel.snooze(5);
      },
    }));
    expect(outcome.message).toContain('thread "main" yielded by itself');
  });

  test("what a thread throws is an assertion with its text and stack, an Error or not", () => {
    const thrown = measured(() => ({
      *main() {
        throw new TypeError("no such thing");
      },
    })).outcome;
    expect([thrown.kind, thrown.message, thrown.thread]).toEqual(["assertion", "TypeError: no such thing", 1]);
    expect(thrown.stack).toContain("operations.test.ts");
    const text = measured(() => ({
      *main() {
        throw "just text";
      },
    })).outcome;
    expect([text.kind, text.message]).toEqual(["assertion", "just text"]);
  });

  test("what a judge throws or finds is the outcome, unless something graver was", () => {
    const judged = (verdict: () => never): string => {
      const { outcome } = execute(
        (simulation) => {
          const kernel = new Kernel(simulation);
          kernel.spawn("main", function* () {});
          return verdict;
        },
        firstChooser,
        { time: "measured" },
      );
      return `${outcome.kind} ${outcome.message}`;
    };
    expect(
      judged(() => {
        throw new Error("bad end");
      }),
    ).toBe("assertion bad end");
    expect(judged((() => ({ kind: "leak", message: "a cookie" })) as unknown as () => never)).toBe("leak a cookie");
  });
});

describe("a panic", () => {
  test("is the outcome, whatever the driver catches, and whatever its finally blocks do", () => {
    const { outcome, log } = measured((kernel, log) => ({
      *main() {
        try {
          kernel.panic("first");
        } catch {
          log.push("caught");
          try {
            kernel.panic("second");
          } finally {
            yield* kernel.snooze(10);
            log.push("never");
          }
        }
      },
    }));
    expect([outcome.kind, outcome.message, ...log]).toEqual(["panic", "first", "caught"]);
  });

  test("ends everything: no other thread takes a step", () => {
    const { log, outcome } = measured((kernel, log) => ({
      *main() {
        yield* kernel.snooze(10);
        kernel.panic("stop");
      },
      *other() {
        yield* kernel.snooze(20);
        log.push("never");
      },
    }));
    expect([outcome.message, ...log]).toEqual(["stop"]);
  });

  test("is the thread's whose operation panicked, in a step of another's making too", () => {
    const { outcome } = measured((kernel) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *first() {
          yield* mutex.lock();
          yield* mutex.lock();
        },
      };
    });
    expect([outcome.kind, outcome.thread]).toEqual(["panic", 1]);
  });

  test("after it, disposers and catches change nothing", () => {
    const Box = struct("Box", { x: uint32() });
    let before: unknown[] = [];
    let after: unknown[] = [];
    measured((kernel) => {
      const mutex = new Mutex(kernel, "m");
      const recursive = new RecursiveLock(kernel, "r");
      const spin = new Spinlock(kernel, "spin");
      const cell = shared(kernel, 0, "cell");
      const box = kernel.heap.new(Box);
      const semaphore = new Semaphore(kernel, 0, "s");
      const atomic = new Atomic(kernel, 0, "a");
      const state = (): unknown[] => [
        mutex.holderWord,
        recursive.holder()?.name,
        spin.word,
        kernel.currentThread?.interruptsOff,
        cell.value,
        box.x,
        box.$block.freed,
        kernel.heap.live.length,
        semaphore.shownCount,
        semaphore.isDeleted,
        atomic.final,
        kernel.simulation.threads.length,
      ];
      return {
        *main() {
          try {
            using _ = yield* mutex.guard();
            using __ = yield* recursive.guard();
            using ___ = yield* spin.guard();
            try {
              before = state();
              kernel.panic("stop");
            } finally {
              cell.value = 1;
              box.x = 1;
              kernel.heap.delete(box);
              kernel.restoreInterrupts(true);
            }
          } finally {
            after = state();
          }
        },
      };
    });
    expect(before).toHaveLength(12);
    expect(after).toEqual(before);
  });

  test("inside a step that was made of somebody else's wake is found on all schedules that have it", () => {
    const { ends } = adversarial((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *waiter() {
          const status = yield* semaphore.acquire();
          if (status !== B_OK) kernel.panic("deleted under me");
          log.push("got it");
        },
        *releaser() {
          yield* semaphore.release();
          yield* semaphore.delete();
        },
      };
    });
    expect(ends).toEqual(["finished got it", "panic deleted under me"]);
  });

  test("while a host is built is the outcome too", () => {
    expect(panicOf((kernel) => kernel.panic("no memory"))).toBe("no memory");
  });
});

describe("an object made without a kernel", () => {
  test("is refused in words, where JavaScript lets it pass", () => {
    const { outcome } = measured(() => ({
      *main() {
        const make = Mutex as unknown as new (name: string) => Mutex;
        yield* new make("m").lock();
      },
    }));
    expect(outcome.message).toBe('UsageError: the first argument is the kernel, as in new Mutex(kernel, "name")');
  });
});
