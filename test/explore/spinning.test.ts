// Goal: loops that neither sleep nor yield starve nobody, end every exploration, and are a livelock when nobody ends them,
// whatever the strategy. Method: small programs whose end states can be listed by hand.
import { describe, expect, test } from "vitest";
import { B_OK } from "#base/status";
import { explore, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { RecursiveLock } from "#sync/recursive-lock";
import { shared } from "#sync/shared";
import { Spinlock } from "#sync/spinlock";
import type { StrategyName } from "#explore/strategy";

type Log = (string | number)[];
type Bodies = (kernel: Kernel, log: Log) => Record<string, () => Steps<unknown>>;

interface Options {
  readonly strategy: StrategyName;
  readonly kernel?: KernelOptions;
  readonly simulation?: Partial<SimulationOptions>;
}

interface Explored {
  readonly states: readonly string[];
  readonly result: ExploreResult;
}

function explored(bodies: Bodies, { strategy, kernel: kernelOptions = {}, simulation = {} }: Options): Explored {
  const states = new Set<string>();
  let log: Log = [];
  const result = explore(
    (universe) => {
      const kernel = new Kernel(universe, kernelOptions);
      log = [];
      for (const [name, body] of Object.entries(bodies(kernel, log)))
        kernel.spawn(name, body, { daemon: name.startsWith("daemon") });
    },
    {
      strategy,
      simulation,
      maxExecutions: sampling.some((each) => each === strategy) ? 60 : 5_000,
      onExecution: ({ outcome }) => states.add([outcome.kind, ...log].join(" ")),
    },
  );
  return { states: [...states].sort(), result };
}

const reduced = ["dpor", "source", "sleep"] as const;
const sampling = ["random", "pct", "pos", "surw"] as const;
const every = [...reduced, "dfs", ...sampling] as const;

const untilSet: Bodies = (kernel) => {
  const flag = new Atomic(kernel, 0, "flag");
  return {
    *spinner() {
      while ((yield* flag.get()) === 0);
    },
    *setter() {
      yield* flag.set(1);
    },
  };
};

describe.each(every)("with %s", (strategy) => {
  test("a loop that reads an atomic ends when another thread sets it", () => {
    const { states, result } = explored(untilSet, { strategy });
    expect(states).toEqual(["finished"]);
    expect(result.findings).toEqual([]);
  });

  test("a lock that is tried until it is free lets its holder run", () => {
    const { states } = explored(
      (kernel) => {
        const lock = new Mutex(kernel, "lock");
        const count = shared(kernel, 0, "count");
        const body = function* (): Steps<void> {
          while ((yield* lock.tryLock()) !== B_OK);
          count.value++;
          lock.unlock();
        };
        return { one: body, two: body };
      },
      { strategy },
    );
    expect(states).toEqual(["finished"]);
  });

  test("two threads that wait for each other are a livelock, by both their names", () => {
    const { states, result } = explored(
      (kernel) => {
        const flags = [new Atomic(kernel, 0, "a"), new Atomic(kernel, 0, "b")] as const;
        const body = (own: 0 | 1) =>
          function* (): Steps<void> {
            while ((yield* flags[own === 0 ? 1 : 0].get()) === 0);
            yield* flags[own].set(1);
          };
        return { left: body(0), right: body(1) };
      },
      { strategy, kernel: { cpus: 2 } },
    );
    expect(states).toEqual(["livelock"]);
    expect(result.findings.map((finding) => finding.outcome.message)).toEqual([
      `"left" and "right" go round and round, and nothing changes`,
    ]);
  });
});

describe.each(reduced)("exhausted with %s", (strategy) => {
  const proven = (bodies: Bodies, kernel: KernelOptions = {}): readonly string[] => {
    const { states, result } = explored(bodies, { strategy, kernel });
    expect(result.exhausted).toBe(true);
    return states;
  };

  test("the setter may come after any of the first rounds, and once after them all: one trace each", () => {
    expect(explored(untilSet, { strategy }).result).toMatchObject({ executions: 26, heldUp: true });
    expect(explored(untilSet, { strategy, simulation: { freeRounds: 4 } }).result.executions).toBe(20);
  });

  test("a thread that takes a lock and gives it back thirty times does not spin: none of its traces is left out", () => {
    const { result } = explored(
      (kernel) => {
        const lock = new Mutex(kernel, "lock");
        const body = (rounds: number) =>
          function* (): Steps<void> {
            for (let round = 0; round < rounds; round++) {
              yield* lock.lock();
              lock.unlock();
            }
          };
        return { often: body(30), seldom: body(2) };
      },
      { strategy },
    );
    expect(result).toMatchObject({ exhausted: true, heldUp: false, executions: (32 * 31) / 2 });
  });

  test("a loop that counts its tries and gives up after ten is explored in every order", () => {
    expect(
      proven((kernel, log) => {
        const flag = new Atomic(kernel, 0, "flag");
        const after = new Atomic(kernel, 0, "after");
        return {
          *spinner() {
            let tries = 0;
            while (tries < 10 && (yield* flag.get()) === 0) tries++;
            log.push(tries, yield* after.get());
          },
          *setter() {
            yield* flag.set(1);
            yield* after.set(1);
          },
        };
      }).filter((state) => state.startsWith("finished 10")),
    ).toEqual(["finished 10 0", "finished 10 1"]);
  });

  test.each([24, 25, 26, 27])(
    "whoever starts first, a loop of at most %i tries is held up as it is depth first",
    (most) => {
      const bodies: Bodies = (kernel, log) => {
        const flag = new Atomic(kernel, 0, "flag");
        return {
          *setter() {
            yield* flag.set(1);
          },
          *spinner() {
            let tries = 0;
            while (tries < most && (yield* flag.get()) === 0) tries++;
            log.push(tries === most ? "gave up" : "seen");
          },
        };
      };
      expect(proven(bodies)).toEqual(explored(bodies, { strategy: "dfs" }).states);
    },
  );

  test("a loop that counts further gives up when nobody else can go on", () => {
    expect(
      proven((kernel, log) => {
        const flag = new Atomic(kernel, 0, "flag");
        return {
          *spinner() {
            let tries = 0;
            while ((yield* flag.get()) === 0 && tries < 100) tries++;
            log.push(tries);
          },
          *other() {
            yield* new Atomic(kernel, 0, "other").set(1);
          },
        };
      }),
    ).toEqual(["finished 100"]);
  });

  test("a loop that tests the clock comes to its end: time passes meanwhile", () => {
    expect(
      proven((kernel, log) => ({
        *spinner() {
          const end = kernel.systemTime() + 1_000_000;
          const flag = new Atomic(kernel, 0, "flag");
          while (kernel.systemTime() < end && (yield* flag.get()) === 0);
          log.push("late");
        },
      })),
    ).toEqual(["finished late"]);
  });

  test("a round of several steps is recognised, with a lock taken and given back in it", () => {
    expect(
      proven((kernel) => {
        const lock = new Mutex(kernel, "lock");
        const ready = shared(kernel, 0, "ready");
        const other = new Atomic(kernel, 0, "other");
        return {
          *spinner() {
            for (let seen = 0; seen === 0;) {
              yield* lock.lock();
              yield* other.get();
              seen = ready.value;
              lock.unlock();
            }
          },
          *setter() {
            yield* lock.lock();
            ready.value = 1;
            lock.unlock();
          },
        };
      }),
    ).toEqual(["finished"]);
  });

  test("two values that must both be there are waited for in whatever order they come", () => {
    expect(
      proven((kernel) => {
        const [a, b] = [new Atomic(kernel, 0, "a"), new Atomic(kernel, 0, "b")];
        return {
          *spinner() {
            while ((yield* a.get()) + (yield* b.get()) < 2);
          },
          *setter() {
            yield* a.set(1);
            yield* b.set(1);
          },
        };
      }),
    ).toEqual(["finished"]);
  });

  test("a spinlock that is tried until it is free", () => {
    expect(
      proven(
        (kernel) => {
          const lock = new Spinlock(kernel, "registers");
          const count = shared(kernel, 0, "count");
          const body = function* (): Steps<void> {
            const wereOn = yield* kernel.disableInterrupts();
            while (!(yield* lock.tryAcquire()));
            count.value++;
            lock.release();
            kernel.restoreInterrupts(wereOn);
          };
          return { one: body, two: body };
        },
        { cpus: 2 },
      ),
    ).toEqual(["finished"]);
  });

  test("a recursive lock that is tried until it is free", () => {
    expect(
      proven((kernel) => {
        const lock = new RecursiveLock(kernel, "recursive");
        const count = shared(kernel, 0, "count");
        const body = function* (): Steps<void> {
          while ((yield* lock.tryLock()) !== B_OK);
          count.value++;
          lock.unlock();
        };
        return { one: body, two: body };
      }),
    ).toEqual(["finished"]);
  });

  test("a service thread that spins for ever is no livelock once the others are done", () => {
    expect(
      proven((kernel) => {
        const flag = new Atomic(kernel, 0, "flag");
        return {
          *daemon() {
            while ((yield* flag.get()) === 0);
          },
          *main() {
            yield* flag.get();
          },
        };
      }),
    ).toEqual(["finished"]);
  });

  test("with interrupts off on the only CPU nobody else can end it", () => {
    const { states, result } = explored(
      (kernel) => {
        const flag = new Atomic(kernel, 0, "flag");
        return {
          *spinner() {
            yield* kernel.disableInterrupts();
            while ((yield* flag.get()) === 0);
          },
          *setter() {
            yield* flag.set(1);
          },
        };
      },
      { strategy },
    );
    expect(states).toEqual(["finished", "livelock"]);
    expect(result.findings[0]?.outcome.message).toContain('"spinner" goes round with interrupts off');
  });
});

// Whether a round of several steps is held up must not depend on the order of steps that commute: each trace would else be
// met more than once, or by some strategies only.
test("a round of several steps is held up alike in equivalent executions", () => {
  const bodies: Bodies = (kernel) => {
    const [a, b, c] = [new Atomic(kernel, 0, "a"), new Atomic(kernel, 0, "b"), new Atomic(kernel, 0, "c")];
    return {
      *spinner() {
        while ((yield* a.get()) + (yield* b.get()) + (yield* c.get()) < 3);
      },
      *one() {
        yield* a.set(1);
        yield* b.set(1);
      },
      *two() {
        yield* c.set(1);
      },
    };
  };
  const [dpor, source, sleep] = reduced.map(
    (strategy) => explored(bodies, { strategy, simulation: { freeRounds: 3 } }).result,
  );
  expect(dpor).toMatchObject({ exhausted: true, blocked: 0, executions: sleep?.executions });
  expect(source).toMatchObject({ exhausted: true, executions: sleep?.executions });
});

test("a thread that holds a spinlock, and spins for what only its waiter would do, makes that one wait too long", () => {
  const bodies: Bodies = (kernel) => {
    const lock = new Spinlock(kernel, "registers");
    const flag = new Atomic(kernel, 0, "flag");
    return {
      *holder() {
        using _ = yield* lock.guard();
        while ((yield* flag.get()) === 0);
      },
      *waiter() {
        using _ = yield* lock.guard();
        yield* flag.set(1);
      },
    };
  };
  const { states, result } = explored(bodies, { strategy: "sleep", kernel: { cpus: 2 } });
  expect(states).toEqual(["finished", "panic"]);
  expect(result.findings[0]?.outcome.message).toContain("for a long time");
});

test("where every round is free, a loop without an end runs into the limit of steps, which is no livelock", () => {
  const simulation = { freeRounds: 0, maxSteps: 100 };
  const { states, result } = explored(
    (kernel) => ({
      *spinner() {
        while ((yield* new Atomic(kernel, 0, "flag").get()) === 0);
      },
    }),
    { strategy: "dpor", simulation },
  );
  expect(states).toEqual(["out-of-steps"]);
  expect(result).toMatchObject({ exhausted: false, bound: "steps" });
});

test("in measured time threads that go round while nobody else is left are a livelock", () => {
  const { execution } = watch(
    (universe) => {
      const kernel = new Kernel(universe, { cpus: 2 });
      const flag = new Atomic(kernel, 0, "flag");
      kernel.spawn("spinner", function* () {
        while ((yield* flag.get()) === 0);
      });
      kernel.spawn("waiter", function* () {
        yield* new Mutex(kernel, "free").lock();
        yield* new ConditionVariable(kernel, "never notified").wait(null);
      });
    },
    { time: "measured" },
  );
  expect(execution.outcome).toMatchObject({
    kind: "livelock",
    message: `"spinner" goes round and round, and nothing changes`,
  });
});
