// Goal: a driver's own spinlock behaves as on one CPU and on several, and panics with Haiku's texts of both days.
// Method: small threads in measured time, all orders where order matters (facts: haiku.md, section 2).
import { describe, expect, test } from "vitest";
import type { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import { struct } from "#kernel/struct";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { Spinlock, spinlock } from "#sync/spinlock";
import { adversarial, measured, panicOf } from "../kernel/running.js";

const alone = (
  act: (lock: Spinlock, kernel: Kernel) => Generator<undefined, unknown, void>,
  options: KernelOptions = {},
): string =>
  panicOf((kernel) => {
    const lock = new Spinlock(kernel, "spin");
    return { main: () => act(lock, kernel) };
  }, options);

describe("with interrupts on", () => {
  test("acquiring, trying and releasing panic", () => {
    expect(alone((lock) => lock.acquire() as never)).toBe(
      "acquire_spinlock: attempt to acquire lock ADDRESS with interrupts enabled",
    );
    expect(alone((lock) => lock.tryAcquire() as never)).toBe(
      "try_acquire_spinlock: attempt to acquire lock ADDRESS with interrupts enabled",
    );
    expect(
      alone(function* (lock, kernel) {
        const wereOn = yield* kernel.disableInterrupts();
        yield* lock.acquire();
        kernel.restoreInterrupts(wereOn);
        lock.release();
      }),
    ).toBe("release_spinlock: attempt to release lock ADDRESS with interrupts enabled");
  });
});

describe("with interrupts off", () => {
  test("it is taken and given back; a guard does all four things", () => {
    const { log, outcome } = measured((kernel, log) => {
      const lock = new Spinlock(kernel, "spin");
      return {
        *main() {
          const outer = yield* kernel.disableInterrupts();
          const inner = yield* kernel.disableInterrupts();
          log.push(outer, inner);
          yield* lock.acquire();
          log.push(lock.word, lock.holder()?.name, yield* lock.tryAcquire());
          lock.release();
          log.push(lock.word, yield* lock.tryAcquire());
          lock.release();
          kernel.restoreInterrupts(inner);
          log.push(kernel.currentThread?.interruptsOff);
          kernel.restoreInterrupts(outer);
          {
            using _ = yield* lock.guard();
            log.push(lock.word, kernel.currentThread?.interruptsOff);
          }
          log.push(lock.word, kernel.currentThread?.interruptsOff);
        },
      };
    });
    expect(outcome.kind).toBe("finished");
    expect(log).toEqual([true, false, 1, "main", false, 0, true, true, 1, true, 0, false]);
  });

  test("released twice it panics", () => {
    expect(
      alone(function* (lock, kernel) {
        yield* kernel.disableInterrupts();
        yield* lock.acquire();
        lock.release();
        lock.release();
      }),
    ).toBe("release_spinlock: lock ADDRESS was already released");
  });
});

describe("taken twice", () => {
  const twice = function* (lock: Spinlock, kernel: Kernel): Generator<undefined, unknown, void> {
    yield* kernel.disableInterrupts();
    yield* lock.acquire();
    yield* lock.acquire();
    return undefined;
  };

  test("on one CPU it panics at once, with the value 1", () => {
    expect(alone(twice)).toMatch(
      /^acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system \(last caller: ADDRESS, value 1\)$/,
    );
    expect(alone(twice, { era: "head" })).toBe(
      "acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system (value 1)",
    );
  });

  test("on several CPUs it panics after a long time: 20 to 30 seconds", () => {
    const { outcome, time } = measured(
      (kernel) => {
        const lock = new Spinlock(kernel, "spin");
        return { main: () => twice(lock, kernel) };
      },
      { cpus: 2, era: "head" },
    );
    expect(outcome.message).toMatch(
      /^acquire_spinlock\(\): Failed to acquire spinlock 0x\w{16} for a long time \(value: 1\)$/,
    );
    expect(time).toBeGreaterThan(10_000_000);
    expect(time).toBeLessThan(60_000_000);
    expect(alone(twice, { cpus: 2 })).toMatch(
      /^acquire_spinlock\(\): Failed .* for a long time \(last caller: \S+, value: 1\)$/,
    );
  });

  test("exploring finds the same", () => {
    const explored = (options: KernelOptions): string[] =>
      adversarial((kernel) => {
        const lock = new Spinlock(kernel, "spin");
        return { main: () => twice(lock, kernel) };
      }, options).ends;
    expect(explored({ era: "head" })).toEqual([
      "panic acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system (value 1)",
    ]);
    expect(explored({ era: "head", cpus: 2 })).toEqual([
      "panic acquire_spinlock(): Failed to acquire spinlock ADDRESS for a long time (value: 1)",
    ]);
  });
});

describe("on several CPUs", () => {
  test("a thread spins until another CPU releases it", () => {
    const { log, outcome } = measured(
      (kernel, log) => {
        const lock = new Spinlock(kernel, "spin");
        const inside = shared(kernel, 0, "inside");
        const body = (name: string) =>
          function* (): Generator<undefined, void, void> {
            const wereOn = yield* kernel.disableInterrupts();
            yield* lock.acquire();
            inside.value++;
            log.push(`${name} ${inside.value}`);
            kernel.simulation.scheduler.charge(50_000);
            inside.value--;
            lock.release();
            kernel.restoreInterrupts(wereOn);
          };
        return { left: body("left"), right: body("right") };
      },
      { cpus: 2 },
    );
    expect(outcome.kind).toBe("finished");
    expect(log.toSorted()).toEqual(["left 1", "right 1"]);
  });

  test("nothing interleaves with what it protects, on any schedule", () => {
    for (const cpus of [1, 2, 3]) {
      const { ends } = adversarial(
        (kernel, log) => {
          const lock = new Spinlock(kernel, "spin");
          const cell = shared(kernel, 0, "cell");
          const body = function* (): Generator<undefined, void, void> {
            const wereOn = yield* kernel.disableInterrupts();
            yield* lock.acquire();
            const before = cell.value;
            yield* kernel.disableInterrupts();
            cell.value = before + 1;
            if (cell.value === 2) log.push("two");
            lock.release();
            kernel.restoreInterrupts(wereOn);
          };
          return { left: body, right: body };
        },
        { cpus },
      );
      expect(ends).toEqual(["finished two"]);
    }
  });

  test("disabled interrupts alone protect from nobody, but on one CPU they do", () => {
    const lost = (cpus: number): string[] =>
      adversarial(
        (kernel, log) => {
          const cell = shared(kernel, 0, "cell");
          const body = function* (): Generator<undefined, void, void> {
            const wereOn = yield* kernel.disableInterrupts();
            const before = cell.value;
            yield* kernel.disableInterrupts();
            cell.value = before + 1;
            log.push(cell.value);
            kernel.restoreInterrupts(wereOn);
          };
          return { left: body, right: body };
        },
        { cpus },
      ).ends;
    expect(lost(1)).toEqual(["finished 1 2"]);
    expect(lost(2)).toEqual(["finished 1 1", "finished 1 2"]);
  });

  test("that all CPUs may be taken is explored: another thread comes in between on every legal schedule", () => {
    const { ends } = adversarial(
      (kernel, log) => {
        const cell = shared(kernel, 0, "cell");
        const body = function* (): Generator<undefined, void, void> {
          const wereOn = yield* kernel.disableInterrupts();
          const before = cell.value;
          yield* kernel.disableInterrupts();
          cell.value = before + 1;
          kernel.restoreInterrupts(wereOn);
        };
        return {
          left: body,
          right: body,
          *third() {
            yield* kernel.snooze(1);
            log.push(cell.value);
            cell.value += 10;
          },
        };
      },
      { cpus: 2 },
    );
    expect(ends).toEqual(["finished 0", "finished 1", "finished 2"]);
  });
});

describe("on one CPU", () => {
  test("nobody else runs while interrupts are off, in measured time either", () => {
    const { log, outcome } = measured((kernel, log) => ({
      *first() {
        const wereOn = yield* kernel.disableInterrupts();
        log.push("off");
        for (let i = 0; i < 5; i++) {
          kernel.simulation.scheduler.charge(1_000_000);
          yield* kernel.yieldThread();
        }
        log.push("on");
        kernel.restoreInterrupts(wereOn);
      },
      urgent: [
        function* () {
          log.push("urgent");
        },
        { priority: 120 },
      ],
    }));
    expect(outcome.kind).toBe("finished");
    expect(log.indexOf("on")).toBe(log.indexOf("off") + 1);
  });
});

test("memory from malloc and freed memory panic with the word found", () => {
  const Raw = struct("Raw", { lock: spinlock("spin") });
  const panic = (freed: boolean, options: KernelOptions): string =>
    panicOf(
      (kernel) => ({
        *main() {
          const raw = freed ? kernel.heap.new(Raw) : kernel.heap.malloc(Raw);
          if (freed) kernel.heap.delete(raw);
          yield* kernel.disableInterrupts();
          yield* raw.lock.acquire();
        },
      }),
      { era: "head", ...options },
    );
  expect(panic(true, {})).toMatch(/twice on non-SMP system \(value deadbeef\)$/);
  expect(panic(false, {})).toMatch(/twice on non-SMP system \(value cccccccc\)$/);
  expect(panic(true, { cpus: 2 })).toMatch(/for a long time \(value: deadbeef\)$/);
});

test("a mutex may not be locked, and nobody may snooze, with a spinlock held", () => {
  expect(
    alone(function* (lock, kernel) {
      using _ = yield* lock.guard();
      yield* new Mutex(kernel, "m").lock();
    }),
  ).toMatch(/^_mutex_lock\(\): called with interrupts disabled/);
  expect(
    alone(function* (lock, kernel) {
      using _ = yield* lock.guard();
      yield* kernel.snooze(10);
    }),
  ).toBe("common_snooze_etc(): called with interrupts disabled, timeout 10");
});
