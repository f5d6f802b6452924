// Goal: a semaphore does what Haiku's does: every status, FIFO with big requests in front, release of all, deletion.
// Method: small threads in measured time, all orders where order matters (facts: haiku.md, section 4).
import { describe, expect, test } from "vitest";
import { B_BAD_SEM_ID, B_BAD_VALUE, B_FILE_ERROR, B_INTERRUPTED, B_OK, B_TIMED_OUT, B_WOULD_BLOCK } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import {
  B_ABSOLUTE_TIMEOUT,
  B_CAN_INTERRUPT,
  B_KILL_CAN_INTERRUPT,
  B_RELATIVE_TIMEOUT,
  SIGKILL,
  type Thread,
} from "#kernel/thread";
import { B_DO_NOT_RESCHEDULE, B_RELEASE_ALL, B_RELEASE_IF_WAITING_ONLY, Semaphore } from "#sync/semaphore";
import { adversarial, measured, panicOf, type Body, type Log } from "../kernel/running.js";

const SIGUSR1 = 18;

/** One thread alone; gives its log. */
function alone(count: number, body: (semaphore: Semaphore, log: Log, kernel: Kernel) => ReturnType<Body>): Log {
  const { log, outcome } = measured((kernel, log) => {
    const semaphore = new Semaphore(kernel, count, "s");
    return { main: () => body(semaphore, log, kernel) };
  });
  return [outcome.kind, ...log];
}

/** A thread waits for `count`, another acts 100 us later. */
function waiting(
  [count, flags, timeout]: readonly [number, number?, number?],
  act: (semaphore: Semaphore, waiter: Thread, kernel: Kernel) => Iterable<undefined, unknown, void>,
): { readonly log: Log; readonly time: number } {
  const { log, outcome, time } = measured((kernel, log) => {
    const semaphore = new Semaphore(kernel, 0, "s");
    return {
      *starter() {
        const waiter = kernel.spawn("waiter", function* () {
          log.push(yield* semaphore.acquire(count, flags, timeout));
        });
        yield* kernel.snooze(100);
        yield* act(semaphore, waiter, kernel);
        log.push(semaphore.shownCount);
      },
    };
  });
  return { log: [outcome.kind, ...log], time };
}

describe("creating", () => {
  test("today a negative count is B_BAD_VALUE; the kernel of August 2023 did not look", () => {
    const { log } = measured(
      (kernel, log) => ({
        *main() {
          log.push(Semaphore.create(kernel, -1));
          log.push((Semaphore.create(kernel, 3) as Semaphore).name);
        },
      }),
      { era: "head" },
    );
    expect(log).toEqual([B_BAD_VALUE, "unnamed semaphore"]);
    const then = measured((kernel, log) => ({
      *main() {
        log.push(Semaphore.create(kernel, -1) instanceof Semaphore);
      },
    }));
    expect(then.log).toEqual([true]);
  });
});

describe("acquiring", () => {
  test("takes what is there at once", () => {
    expect(
      alone(3, function* (semaphore, log) {
        log.push(
          yield* semaphore.acquire(2),
          yield* semaphore.count(),
          yield* semaphore.acquire(),
          yield* semaphore.count(),
        );
      }),
    ).toEqual(["finished", B_OK, 1, B_OK, 0]);
  });

  test("refuses counts of 0 and below, and both timeout flags at once", () => {
    expect(
      alone(3, function* (semaphore, log) {
        log.push(yield* semaphore.acquire(0), yield* semaphore.acquire(-1));
        log.push(yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT | B_ABSOLUTE_TIMEOUT, 10), yield* semaphore.count());
      }),
    ).toEqual(["finished", B_BAD_VALUE, B_BAD_VALUE, B_BAD_VALUE, 3]);
  });

  test("what is there is taken before any timeout or signal is looked at", () => {
    expect(
      alone(3, function* (semaphore, log, kernel) {
        log.push(
          yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT, 0),
          yield* semaphore.acquire(1, B_ABSOLUTE_TIMEOUT, -1),
        );
        yield* kernel.sendSignal(kernel.currentThread as Thread, SIGKILL);
        log.push(yield* semaphore.acquire(1, B_CAN_INTERRUPT));
      }),
    ).toEqual(["finished", B_OK, B_OK, B_OK]);
  });

  test("not to wait: B_WOULD_BLOCK for a relative timeout of 0, B_TIMED_OUT for an absolute one below 0", () => {
    expect(
      alone(0, function* (semaphore, log, kernel) {
        yield* kernel.sendSignal(kernel.currentThread as Thread, SIGKILL);
        log.push(yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT | B_CAN_INTERRUPT, 0));
        log.push(
          yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT, -5),
          yield* semaphore.acquire(1, B_ABSOLUTE_TIMEOUT, -1),
        );
        log.push(yield* semaphore.acquire(1, B_CAN_INTERRUPT), yield* semaphore.count());
      }),
    ).toEqual(["finished", B_WOULD_BLOCK, B_WOULD_BLOCK, B_TIMED_OUT, B_INTERRUPTED, 0]);
  });

  test("times out, and does not want it any more then", () => {
    const relative = waiting([1, B_RELATIVE_TIMEOUT, 50], function* () {});
    expect(relative.log).toEqual(["finished", B_TIMED_OUT, 0]);
    const absolute = waiting([1, B_ABSOLUTE_TIMEOUT, 5_000], function* () {});
    expect(absolute.log).toEqual(["finished", -1, B_TIMED_OUT]);
    expect(absolute.time).toBeGreaterThanOrEqual(5_000);
    expect(absolute.time).toBeLessThan(5_100);
  });

  test("without a timeout flag the timeout does not count", () => {
    expect(waiting([1, 0, 5], (semaphore) => semaphore.release()).log).toEqual(["finished", 0, B_OK]);
  });

  test("a signal ends it where its flags let it", () => {
    const signalled = (flags: number, signal: number): unknown =>
      waiting([1, flags], (_semaphore, waiter, kernel) => kernel.sendSignal(waiter, signal)).log;
    expect(signalled(B_CAN_INTERRUPT, SIGUSR1)).toEqual(["finished", 0, B_INTERRUPTED]);
    expect(signalled(B_KILL_CAN_INTERRUPT, SIGKILL)).toEqual(["finished", 0, B_INTERRUPTED]);
    expect(signalled(B_KILL_CAN_INTERRUPT, SIGUSR1)).toEqual(["deadlock", -1]);
    expect(signalled(0, SIGKILL)).toEqual(["deadlock", -1]);
  });

  test("with interrupts disabled it panics", () => {
    expect(
      panicOf((kernel) => {
        const semaphore = new Semaphore(kernel, 1, "s");
        return {
          *main() {
            yield* kernel.disableInterrupts();
            yield* semaphore.acquire();
          },
        };
      }),
    ).toMatch(/^switch_sem_etc: called with interrupts disabled for sem \d+$/);
  });
});

describe("the queue", () => {
  test("is served first come, first served; the count shows how much is wanted", () => {
    const { log } = measured((kernel, log) => {
      const semaphore = new Semaphore(kernel, 1, "s");
      const waiter = (name: string, count: number): Body =>
        function* () {
          yield* semaphore.acquire(count);
          log.push(name);
        };
      return {
        big: waiter("big", 3),
        small: waiter("small", 1),
        *releaser() {
          yield* kernel.snooze(10);
          log.push(yield* semaphore.count());
          // The big request in front holds up the small one, which could be served.
          yield* semaphore.release(1);
          yield* kernel.snooze(10);
          log.push(yield* semaphore.count());
          yield* semaphore.release(1);
          yield* kernel.snooze(10);
          yield* semaphore.release(1);
        },
      };
    });
    expect(log).toEqual([-3, -2, "big", "small"]);
  });

  test("a big request that gives up lets those behind it through", () => {
    const { log, outcome } = measured((kernel, log) => {
      const semaphore = new Semaphore(kernel, 1, "s");
      return {
        *big() {
          yield* semaphore.acquire(3, B_RELATIVE_TIMEOUT, 100);
        },
        *small() {
          yield* kernel.snooze(10);
          log.push(yield* semaphore.acquire(), kernel.systemTime() >= 100);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, true]);
  });

  test("that a big request holds up those behind it is explored", () => {
    const { ends } = adversarial((kernel, log) => {
      const semaphore = new Semaphore(kernel, 1, "s");
      return {
        *big() {
          yield* semaphore.acquire(3);
          log.push("big");
        },
        *small() {
          yield* semaphore.acquire(1);
          log.push("small");
          yield* semaphore.release(3);
        },
      };
    });
    expect(ends).toEqual(["deadlock", "finished small big"]);
  });
});

describe("releasing", () => {
  test("refuses counts of 0 and below, adds what nobody waits for", () => {
    expect(
      alone(0, function* (semaphore, log) {
        log.push(
          yield* semaphore.release(0),
          yield* semaphore.release(-1),
          yield* semaphore.release(2),
          yield* semaphore.count(),
        );
      }),
    ).toEqual(["finished", B_BAD_VALUE, B_BAD_VALUE, B_OK, 2]);
  });

  test("switches to a woken thread of higher priority, unless told not to", () => {
    const order = (flags: number): Log =>
      measured((kernel, log) => {
        const semaphore = new Semaphore(kernel, 0, "s");
        return {
          urgent: [
            function* () {
              yield* semaphore.acquire();
              log.push("urgent");
            },
            { priority: 20 },
          ],
          *releaser() {
            yield* kernel.snooze(10);
            yield* semaphore.release(1, flags);
            yield* semaphore.count();
            log.push("releaser");
          },
        };
      }).log;
    expect(order(0)).toEqual(["urgent", "releaser"]);
    expect(order(B_DO_NOT_RESCHEDULE)).toEqual(["releaser", "urgent"]);
  });

  test("does not switch to a woken thread that is no more urgent", () => {
    const { log } = measured((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *equal() {
          yield* semaphore.acquire();
          log.push("equal");
        },
        *releaser() {
          yield* kernel.snooze(10);
          yield* semaphore.release();
          yield* semaphore.count();
          log.push("releaser");
        },
      };
    });
    expect(log).toEqual(["releaser", "equal"]);
  });

  test("with interrupts disabled it panics, unless told not to reschedule", () => {
    const release = (flags: number): string =>
      panicOf((kernel) => {
        const semaphore = new Semaphore(kernel, 0, "s");
        return {
          *main() {
            const wereOn = yield* kernel.disableInterrupts();
            yield* semaphore.release(1, flags);
            kernel.restoreInterrupts(wereOn);
          },
        };
      });
    expect(release(0)).toMatch(
      /^release_sem_etc\(\): called with interrupts disabled and rescheduling allowed for sem_id \d+$/,
    );
    expect(release(B_DO_NOT_RESCHEDULE)).toBe("no panic: finished ");
  });
});

describe("releasing all", () => {
  test("wakes exactly the threads queued now, with the given status, and stores nothing", () => {
    const { log, outcome } = measured(
      (kernel, log) => {
        const semaphore = new Semaphore(kernel, 0, "s");
        const waiter: Body = function* () {
          log.push(yield* semaphore.acquire());
        };
        return {
          first: waiter,
          second: waiter,
          *releaser() {
            yield* kernel.snooze(10);
            log.push(yield* semaphore.release(B_FILE_ERROR, B_RELEASE_ALL));
            yield* kernel.snooze(10);
            log.push(yield* semaphore.count(), yield* semaphore.acquire(1, B_RELATIVE_TIMEOUT, 0));
          },
        };
      },
      { era: "head" },
    );
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, B_FILE_ERROR, B_FILE_ERROR, 0, B_WOULD_BLOCK]);
  });

  test("sends B_OK unless the count is negative", () => {
    const { log } = waiting([1], (semaphore) => semaphore.release(1, B_RELEASE_ALL));
    expect(log).toEqual(["finished", 0, B_OK]);
  });

  test("without waiters it is B_OK and no effect", () => {
    expect(
      alone(0, function* (semaphore, log) {
        log.push(yield* semaphore.release(-1, B_RELEASE_ALL), yield* semaphore.count());
      }),
    ).toEqual(["finished", B_OK, 0]);
  });

  test("a waiter that comes after it waits for ever: the lost wakeup is explored", () => {
    const { ends } = adversarial(
      (kernel, log) => {
        const semaphore = new Semaphore(kernel, 0, "s");
        return {
          *waiter() {
            log.push((yield* semaphore.acquire()) < 0);
          },
          *releaser() {
            yield* semaphore.release(B_INTERRUPTED, B_RELEASE_ALL);
          },
        };
      },
      { era: "head" },
    );
    expect(ends).toEqual(["deadlock", "finished true"]);
  });
});

describe("deleting", () => {
  test("waiters get B_BAD_SEM_ID, and so does everybody afterwards", () => {
    const { log, outcome } = measured((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      const waiter: Body = function* () {
        log.push(yield* semaphore.acquire());
      };
      return {
        first: waiter,
        second: waiter,
        *deleter() {
          yield* kernel.snooze(10);
          log.push(yield* semaphore.delete());
          yield* kernel.snooze(10);
          log.push(yield* semaphore.delete(), yield* semaphore.acquire(), yield* semaphore.release());
          log.push(yield* semaphore.release(-1, B_RELEASE_ALL), yield* semaphore.count());
        },
      };
    });
    const gone = Array.from({ length: 5 }, () => B_BAD_SEM_ID);
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, B_BAD_SEM_ID, B_BAD_SEM_ID, ...gone]);
  });

  test("whatever the order, nobody is left waiting", () => {
    const { ends } = adversarial((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *waiter() {
          log.push(yield* semaphore.acquire());
        },
        *deleter() {
          yield* semaphore.delete();
        },
      };
    });
    expect(ends).toEqual([`finished ${B_BAD_SEM_ID}`]);
  });
});

describe("release of waiters only", () => {
  const ONLY = B_RELEASE_IF_WAITING_ONLY;

  test("without waiters is B_OK and stores nothing", () => {
    expect(
      alone(1, function* (semaphore, log) {
        log.push(yield* semaphore.release(5, ONLY), yield* semaphore.count());
      }),
    ).toEqual(["finished", B_OK, 1]);
  });

  test("wakes who is queued, and what is left is lost", () => {
    const { log } = waiting([2], (semaphore) => semaphore.release(5, ONLY));
    expect(log).toEqual(["finished", 0, B_OK]);
  });

  test("keeps what the first one in the queue still waits for", () => {
    const { log } = waiting([3], function* (semaphore) {
      yield* semaphore.release(2, ONLY);
      expect(semaphore.shownCount).toBe(-1);
      yield* semaphore.release(4, ONLY); // three of these serve it, the fourth is lost
    });
    expect(log).toEqual(["finished", 2, B_OK]);
  });

  test("refuses what any release refuses", () => {
    expect(
      alone(0, function* (semaphore, log) {
        log.push(yield* semaphore.release(0, ONLY));
        yield* semaphore.delete();
        log.push(yield* semaphore.release(1, ONLY));
      }),
    ).toEqual(["finished", B_BAD_VALUE, B_BAD_SEM_ID]);
  });

  test("may come before the acquire, which then waits for ever", () => {
    const { ends } = adversarial((kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      return {
        *acquirer() {
          log.push(yield* semaphore.acquire());
        },
        *releaser() {
          yield* semaphore.release(1, ONLY);
        },
      };
    });
    expect([...ends].sort()).toEqual(["deadlock", `finished ${B_OK}`]);
  });
});
