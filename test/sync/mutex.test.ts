// Goal: a mutex does what Haiku's does, call by call: return codes, effects and panic texts.
// Method: two or three threads in measured time, the same exhaustively where order matters
// (facts: haiku.md, section 4).
import { describe, expect, test } from "vitest";
import { B_ERROR, B_OK, B_TIMED_OUT, B_WOULD_BLOCK } from "#base/status";
import type { Steps } from "#kernel/operation";
import { B_ABSOLUTE_TIMEOUT, B_INFINITE_TIMEOUT, B_RELATIVE_TIMEOUT, SIGKILL, type Thread } from "#kernel/thread";
import { struct } from "#kernel/struct";
import { Mutex } from "#sync/mutex";
import { mutex as mutexField } from "#sync/mutex-field";
import { adversarial, measured, panicOf } from "../kernel/running.js";

describe("locking", () => {
  test("unlock hands the lock to the first waiter, and nobody barges in", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const waiter = (name: string, delay: number) =>
        function* (): Steps<void> {
          yield* kernel.snooze(delay);
          log.push(yield* mutex.lock(), name);
          mutex.unlock();
        };
      return {
        *holder() {
          yield* mutex.lock();
          yield* kernel.snooze(100);
          mutex.unlock();
          // The first waiter owns it already, though it has not run: trying and locking again come after it.
          log.push(yield* mutex.tryLock());
          yield* mutex.lock();
          log.push("holder again");
          mutex.unlock();
        },
        first: waiter("first", 10),
        second: waiter("second", 20),
      };
    });
    expect(outcome.kind).toBe("finished");
    expect(log).toEqual([B_WOULD_BLOCK, B_OK, "first", B_OK, "second", "holder again"]);
  });

  test("waiting for it is not interruptible, not even by a signal that kills", () => {
    const { log } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      let waiter: Thread | null = null;
      return {
        *holder() {
          yield* mutex.lock();
          waiter = kernel.spawn("waiter", function* () {
            log.push(yield* mutex.lock());
            mutex.unlock();
          });
          yield* kernel.snooze(10);
          yield* kernel.sendSignal(waiter, SIGKILL);
          yield* kernel.snooze(10);
          log.push("still waiting");
          mutex.unlock();
        },
      };
    });
    expect(log).toEqual(["still waiting", B_OK]);
  });

  test("a guard unlocks at the end of its block, once, and not at all when it was unlocked or detached before", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *main() {
          {
            using guard = yield* mutex.guard();
            log.push(guard.isLocked, mutex.isHeldByCaller());
          }
          log.push(mutex.isHeldByCaller());
          {
            using guard = yield* mutex.guard();
            guard.unlock();
            log.push(mutex.isHeldByCaller());
          }
          {
            using guard = yield* mutex.guard();
            guard.detach();
          }
          log.push(mutex.isHeldByCaller());
        },
      };
    });
    expect(outcome.kind).toBe("finished");
    expect(log).toEqual([true, true, false, false, true]);
  });

  test("a guard of a lock that was destroyed meanwhile silently does not hold it", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *destroyer() {
          yield* mutex.lock();
          yield* kernel.snooze(10);
          yield* mutex.destroy();
        },
        *waiter() {
          using guard = yield* mutex.guard();
          log.push(guard.isLocked);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", false]);
  });
});

describe("trying", () => {
  test("gives B_OK or B_WOULD_BLOCK, the latter for an own lock too", () => {
    const { log } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *main() {
          log.push(yield* mutex.tryLock(), yield* mutex.tryLock());
          mutex.unlock();
          log.push(yield* mutex.tryLock());
          mutex.unlock();
        },
      };
    });
    expect(log).toEqual([B_OK, B_WOULD_BLOCK, B_OK]);
  });

  test("finds the lock held or free, on some schedule each", () => {
    const { ends } = adversarial((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *holder() {
          yield* mutex.lock();
          mutex.unlock();
        },
        *trier() {
          const status = yield* mutex.tryLock();
          log.push(status === B_OK ? "got it" : "held");
          if (status === B_OK) mutex.unlock();
        },
      };
    });
    expect(ends).toEqual(["finished got it", "finished held"]);
  });
});

describe("locking with a timeout", () => {
  const timed = (flags: number, timeout: number, hold: number) =>
    measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *holder() {
          yield* mutex.lock();
          yield* kernel.snooze(hold);
          mutex.unlock();
        },
        *waiter() {
          yield* kernel.snooze(10);
          const status = yield* mutex.lockWithTimeout(flags, timeout);
          log.push(status, kernel.systemTime());
          if (status === B_OK) mutex.unlock();
        },
      };
    }).log;

  test("B_TIMED_OUT when its time is over, relative or absolute", () => {
    const [status, time] = timed(B_RELATIVE_TIMEOUT, 100, 1_000);
    expect(status).toBe(B_TIMED_OUT);
    expect(time).toBeGreaterThanOrEqual(110);
    expect(time).toBeLessThan(200);
    const [absolute, when] = timed(B_ABSOLUTE_TIMEOUT, 500, 1_000);
    expect(absolute).toBe(B_TIMED_OUT);
    expect(when).toBeGreaterThanOrEqual(500);
    expect(when).toBeLessThan(600);
  });

  test("B_OK when it is handed over in time, and with no timeout at all", () => {
    expect(timed(B_RELATIVE_TIMEOUT, 1_000, 100)[0]).toBe(B_OK);
    expect(timed(B_RELATIVE_TIMEOUT, B_INFINITE_TIMEOUT, 100)[0]).toBe(B_OK);
    expect(timed(0, 5, 100)[0]).toBe(B_OK);
  });

  test("who timed out is no longer in the queue", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *holder() {
          yield* mutex.lock();
          yield* kernel.snooze(100);
          log.push(mutex.waiters.length);
          mutex.unlock();
          log.push(yield* mutex.lock());
          mutex.unlock();
        },
        *waiter() {
          log.push(yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 10));
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_TIMED_OUT, 0, B_OK]);
  });

  test("without an end it is never given up while exploring", () => {
    const { ends } = adversarial((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *holder() {
          yield* mutex.lock();
          mutex.unlock();
        },
        *waiter() {
          log.push(yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, B_INFINITE_TIMEOUT));
          mutex.unlock();
        },
      };
    });
    expect(ends).toEqual(["finished 0"]);
  });

  test("may time out on any schedule, or get it", () => {
    const { ends } = adversarial((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *holder() {
          yield* mutex.lock();
          mutex.unlock();
        },
        *waiter() {
          const status = yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 1_000_000);
          log.push(status === B_OK ? "got it" : "timed out");
          if (status === B_OK) mutex.unlock();
        },
      };
    });
    expect(ends).toEqual(["finished got it", "finished timed out"]);
  });
});

describe("destroying", () => {
  test("every waiter gets B_ERROR and does not own it; nobody can lock it any more", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const waiter = function* (): Steps<void> {
        log.push(yield* mutex.lock(), mutex.isHeldByCaller());
      };
      return {
        *destroyer() {
          yield* mutex.lock();
          yield* kernel.snooze(100);
          log.push(mutex.waiters.length);
          yield* mutex.destroy();
          log.push(mutex.holderWord);
        },
        first: waiter,
        second: waiter,
        *timed() {
          log.push(yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 10_000), mutex.isHeldByCaller());
        },
      };
    });
    expect(outcome.kind).toBe("finished");
    expect(log).toEqual([3, 0, B_ERROR, false, B_ERROR, false, B_ERROR, false]);
  });

  test("while exploring, a waiter was queued before or comes too late", () => {
    const { ends } = adversarial((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *destroyer() {
          yield* mutex.lock();
          yield* mutex.destroy();
        },
        *waiter() {
          const status = yield* mutex.lock();
          log.push(status === B_ERROR ? "refused" : "got it");
          if (status === B_OK) mutex.unlock();
        },
      };
    });
    expect(ends).toEqual([
      "finished got it",
      "finished refused",
      "panic _mutex_lock(): using uninitialized lock ADDRESS",
    ]);
  });

  test("the same for a waiter with a timeout, who may also have given up", () => {
    const { ends } = adversarial((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *destroyer() {
          yield* mutex.lock();
          yield* mutex.destroy();
        },
        *waiter() {
          const status = yield* mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 10);
          log.push(
            new Map([
              [B_ERROR, "refused"],
              [B_OK, "got it"],
              [B_TIMED_OUT, "timed out"],
            ]).get(status),
          );
          if (status === B_OK) mutex.unlock();
        },
      };
    });
    expect(ends).toEqual([
      "finished got it",
      "finished refused",
      "finished timed out",
      "panic _mutex_lock(): using uninitialized lock ADDRESS",
    ]);
  });

  test("panics when another thread holds it; today's text asks for that thread's stack", () => {
    const panic = (era: "aug23" | "head"): string =>
      panicOf(
        (kernel) => {
          const mutex = new Mutex(kernel, "m");
          return {
            *holder() {
              yield* mutex.lock();
              yield* kernel.snooze(100);
            },
            *destroyer() {
              yield* kernel.snooze(10);
              yield* mutex.destroy();
            },
          };
        },
        { era },
      );
    expect(panic("aug23")).toBe("mutex_destroy(): the lock (ADDRESS) is held by 1, not by the caller");
    expect(panic("head")).toBe("mutex_destroy(): the lock (ADDRESS) is held by 1, not by the caller @! bt 1");
  });

  test("a second time panics: it is held by nobody, whose number is 0", () => {
    expect(
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            yield* mutex.destroy();
            yield* mutex.destroy();
          },
        };
      }),
    ).toBe("mutex_destroy(): the lock (ADDRESS) is held by 0, not by the caller");
  });

  test("init makes it usable again", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *main() {
          yield* mutex.destroy();
          mutex.init("again");
          log.push(yield* mutex.lock(), mutex.name);
          mutex.unlock();
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, "again"]);
  });
});

describe("misuse panics with Haiku's text", () => {
  test("locking twice", () => {
    const twice = (lock: (mutex: Mutex) => ReturnType<Mutex["lock"]>): string =>
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            yield* mutex.lock();
            yield* lock(mutex);
          },
        };
      });
    expect(twice((mutex) => mutex.lock())).toBe("_mutex_lock(): double lock of ADDRESS by thread 1");
    expect(twice((mutex) => mutex.lockWithTimeout(B_RELATIVE_TIMEOUT, 10))).toBe(
      "_mutex_lock(): double lock of ADDRESS by thread 1",
    );
  });

  test("unlocking what another thread holds, or nobody", () => {
    expect(
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *holder() {
            yield* mutex.lock();
            yield* kernel.snooze(100);
          },
          *other() {
            yield* kernel.snooze(10);
            mutex.unlock();
          },
        };
      }),
    ).toBe("_mutex_unlock() failure: thread 2 is trying to release mutex ADDRESS (current holder 1)");
    expect(
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          // eslint-disable-next-line require-yield
          *main() {
            mutex.unlock();
          },
        };
      }),
    ).toBe("_mutex_unlock() failure: thread 1 is trying to release mutex ADDRESS (current holder -1)");
  });

  const Raw = struct("Raw", { lock: mutexField() });

  test("zero-filled memory is no mutex", () => {
    expect(
      panicOf((kernel) => ({
        *main() {
          yield* kernel.heap.new(Raw).lock.lock();
        },
      })),
    ).toBe("_mutex_lock(): using uninitialized lock ADDRESS");
    expect(
      panicOf((kernel) => ({
        *main() {
          yield* kernel.heap.new(Raw).lock.tryLock();
        },
      })),
    ).toBe("_mutex_trylock(): using uninitialized lock ADDRESS");
  });

  test("memory from malloc, and freed memory, panic in the spinlock with the word found", () => {
    expect(
      panicOf((kernel) => ({
        *main() {
          yield* kernel.heap.malloc(Raw).lock.lock();
        },
      })),
    ).toBe(
      "acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system (last caller: 0x0000000000000000, value cccccccc)",
    );
    const freed = (options: { cpus?: number; era?: "aug23" | "head" }): string =>
      panicOf(
        (kernel) => ({
          *main() {
            const raw = kernel.heap.new(Raw);
            raw.lock.init("m");
            kernel.heap.delete(raw);
            yield* raw.lock.lock();
          },
        }),
        options,
      );
    const one = "acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system";
    const several = "acquire_spinlock(): Failed to acquire spinlock ADDRESS for a long time";
    expect(freed({})).toBe(`${one} (last caller: 0x0000000000000000, value deadbeef)`);
    expect(freed({ era: "head" })).toBe(`${one} (value deadbeef)`);
    expect(freed({ cpus: 2 })).toBe(`${several} (last caller: 0x0000000000000000, value: deadbeef)`);
    expect(freed({ cpus: 2, era: "head" })).toBe(`${several} (value: deadbeef)`);
  });

  test("the last caller is known as long as the lock is among the 32 latest that were taken", () => {
    const lastCaller = (others: number): string => {
      const text = panicOf((kernel) => {
        const other = new Mutex(kernel, "other");
        return {
          *main() {
            const raw = kernel.heap.new(Raw);
            raw.lock.init("m");
            yield* raw.lock.lock();
            raw.lock.unlock();
            kernel.heap.delete(raw);
            for (let i = 0; i < others; i++) {
              yield* other.lock();
              other.unlock();
            }
            yield* raw.lock.lock();
          },
        };
      });
      return /last caller: (\S+),/.exec(text)?.[1] ?? text;
    };
    expect(lastCaller(0)).toBe("ADDRESS");
    expect(lastCaller(15)).toBe("ADDRESS");
    expect(lastCaller(16)).toBe("0x0000000000000000");
  });

  test("locking with interrupts disabled", () => {
    expect(
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            yield* kernel.disableInterrupts();
            yield* mutex.lock();
          },
        };
      }),
    ).toBe("_mutex_lock(): called with interrupts disabled for lock ADDRESS");
  });
});

describe("transferring and switching", () => {
  test("the holder makes another thread the holder", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      let heir: Thread | null = null;
      return {
        *giver() {
          yield* mutex.lock();
          heir = kernel.spawn("heir", function* () {
            yield* kernel.snooze(10);
            log.push(mutex.isHeldByCaller());
            mutex.unlock();
          });
          yield* mutex.transferLock(heir);
          log.push(mutex.isHeldByCaller());
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", false, true]);
  });

  test("who does not hold it cannot transfer it", () => {
    expect(
      panicOf((kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            const other = kernel.spawn("other", function* () {
              yield* kernel.snooze(1);
            });
            yield* mutex.transferLock(other);
          },
        };
      }),
    ).toBe("mutex_transfer_lock(): current thread is not the lock holder!");
  });

  const switching: Parameters<typeof measured>[0] = (kernel, log) => {
    const from = new Mutex(kernel, "from");
    const to = new Mutex(kernel, "to");
    return {
      *switcher() {
        yield* from.lock();
        yield* kernel.snooze(50);
        log.push(yield* from.switchLock(to));
        to.unlock();
      },
      *other() {
        yield* to.lock();
        yield* from.lock();
        from.unlock();
        to.unlock();
      },
    };
  };

  test("switching gives the one lock back before it waits for the other", () => {
    const { log, outcome } = measured(switching);
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK]);
  });

  test("switching never deadlocks with a thread that takes them the other way round", () => {
    expect(adversarial(switching).ends).toEqual(["finished 0"]);
  });
});

describe("a release build", () => {
  test("has no holder: locking twice waits for ever, anybody may unlock", () => {
    const twice = measured(
      (kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            yield* mutex.lock();
            yield* mutex.lock();
          },
        };
      },
      { debug: "release" },
    );
    expect(twice.outcome.kind).toBe("deadlock");
    const other = measured(
      (kernel, log) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *holder() {
            yield* mutex.lock();
            yield* kernel.snooze(100);
          },
          *other() {
            yield* kernel.snooze(10);
            mutex.unlock();
            log.push(yield* mutex.tryLock());
          },
        };
      },
      { debug: "release" },
    );
    expect([other.outcome.kind, ...other.log]).toEqual(["finished", B_OK]);
  });

  test("takes zero-filled memory for a free lock, and waits for ever for a destroyed one", () => {
    const Raw = struct("Raw", { lock: mutexField() });
    const raw = measured(
      (kernel, log) => ({
        *main() {
          const { lock } = kernel.heap.new(Raw);
          log.push(yield* lock.lock());
          lock.unlock();
          log.push(yield* lock.tryLock());
          lock.unlock();
        },
      }),
      { debug: "release" },
    );
    expect([raw.outcome.kind, ...raw.log]).toEqual(["finished", B_OK, B_OK]);
    const destroyed: Parameters<typeof measured>[0] = (kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      return {
        *main() {
          yield* mutex.destroy();
          log.push((yield* mutex.tryLock()) === B_WOULD_BLOCK);
          yield* mutex.lock();
        },
      };
    };
    const run = measured(destroyed, { debug: "release" });
    expect([run.outcome.kind, ...run.log]).toEqual(["deadlock", true]);
    expect(adversarial(destroyed, { debug: "release" }).ends).toEqual(["deadlock true"]);
  });

  test("does not notice freed memory: nothing overwrites it", () => {
    const Raw = struct("Raw", { lock: mutexField("m") });
    const { outcome, log } = measured(
      (kernel, log) => ({
        *main() {
          const raw = kernel.heap.new(Raw);
          kernel.heap.delete(raw);
          log.push(yield* raw.lock.lock());
          raw.lock.unlock();
        },
      }),
      { debug: "release" },
    );
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK]);
  });

  test("lets interrupts be disabled", () => {
    const { outcome } = measured(
      (kernel) => {
        const mutex = new Mutex(kernel, "m");
        return {
          *main() {
            const wereOn = yield* kernel.disableInterrupts();
            yield* mutex.lock();
            mutex.unlock();
            kernel.restoreInterrupts(wereOn);
          },
        };
      },
      { debug: "release" },
    );
    expect(outcome.kind).toBe("finished");
  });
});
