// Goal: what a scenario asks for as branching events is explored in every way, counted exactly, found where it matters, and
// never there when nobody asks. Method: programs so small that their traces can be counted by hand.
import { describe, expect, test } from "vitest";
import { B_NO_MEMORY, B_OK, B_TIMED_OUT, statusName } from "#base/status";
import { explore, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import { struct, uint32 } from "#kernel/struct";
import { B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { NetBuffer } from "#net/net-buffer";
import { Atomic } from "#sync/atomic";
import { ConditionVariable, ConditionVariableEntry } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { B_RELEASE_IF_WAITING_ONLY, Semaphore } from "#sync/semaphore";
import { SelectSync, SelectSyncPool } from "#sync/select-sync-pool";
import { shared } from "#sync/shared";

type Log = (string | number)[];
type Bodies = (kernel: Kernel, log: Log) => Record<string, () => Steps<unknown>>;
type Strategy = "dpor" | "source" | "sleep" | "dfs";

interface Explored {
  readonly states: readonly string[];
  readonly result: ExploreResult;
}

function explored(bodies: Bodies, simulation: Partial<SimulationOptions>, strategy: Strategy): Explored {
  const states = new Set<string>();
  let log: Log = [];
  const result = explore(
    (universe) => {
      const kernel = new Kernel(universe);
      log = [];
      for (const [name, body] of Object.entries(bodies(kernel, log))) kernel.spawn(name, body);
    },
    {
      strategy,
      simulation,
      shrink: true,
      onExecution: ({ outcome }) => states.add([outcome.kind, ...log].join(" ")),
    },
  );
  return { states: [...states].sort(), result };
}

const reduced = ["dpor", "source", "sleep"] as const;
const complete = [...reduced, "dfs"] as const;

/** A reader that tests its predicate once, or again after each wait. */
const reader =
  (again: boolean): Bodies =>
  (kernel) => {
    const lock = new Mutex(kernel, "lock");
    const filled = new ConditionVariable(kernel, "filled");
    const count = shared(kernel, 0, "count");
    return {
      *reader() {
        yield* lock.lock();
        do {
          if (count.value === 0) yield* filled.wait(lock);
        } while (again && count.value === 0);
        if (count.value === 0) throw new Error("there is nothing to read");
        lock.unlock();
      },
      *writer() {
        yield* lock.lock();
        count.value = 1;
        yield* filled.notifyOne();
        lock.unlock();
      },
    };
  };

describe("spurious wake-ups", () => {
  // The writer first; the reader first and notified; or woken for nothing, and locking again before or after the writer.
  test.each(reduced)("of one wait are explored in each trace once: %s", (strategy) => {
    expect(explored(reader(true), {}, strategy).result).toMatchObject({ executions: 2, exhausted: true });
    const { result, states } = explored(reader(true), { spuriousWakeups: 1 }, strategy);
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
    // Woken before the writer it waits again, and is notified.
    expect(result.executions).toBe(4);
    expect(states).toEqual(["finished"]);
  });

  test.each(complete)("find the predicate that is not tested again, which nothing else finds: %s", (strategy) => {
    expect(explored(reader(false), {}, strategy).result).toMatchObject({ outcome: "finished", exhausted: true });
    const { result } = explored(reader(false), { spuriousWakeups: 1 }, strategy);
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.outcome.message).toBe("there is nothing to read");
  });

  test.each(complete)("never hide that nobody notifies: %s", (strategy) => {
    const { states } = explored(
      (kernel, log) => ({
        *waiter() {
          log.push(statusName(yield* new ConditionVariable(kernel, "cv").wait(null)));
        },
      }),
      { spuriousWakeups: 3 },
      strategy,
    );
    expect(states).toEqual(["deadlock", "finished B_OK"]);
  });

  test("come at most as often as they are allowed, in all threads together", () => {
    const { states } = explored(
      (kernel, log) => {
        const body = (name: string) =>
          function* (): Steps<void> {
            const variable = new ConditionVariable(kernel, "cv");
            for (let round = 0; round < 2; round++) {
              if ((yield* variable.wait(null, B_RELATIVE_TIMEOUT, 10)) === B_OK) log.push(name);
            }
          };
        return { one: body("a"), two: body("b") };
      },
      { spuriousWakeups: 2 },
      "sleep",
    );
    expect(new Set(states.map((state) => state.split(" ").slice(1).sort().join("")))).toEqual(
      new Set(["", "a", "b", "aa", "ab", "bb"]),
    );
  });

  test("end the wait on an entry, with others going first", () => {
    const { states } = explored(
      (kernel, log) => {
        const variable = new ConditionVariable(kernel, "cv");
        const flag = shared(kernel, 0, "flag");
        return {
          *waiter() {
            const entry = new ConditionVariableEntry();
            yield* variable.add(entry);
            log.push(statusName(yield* entry.wait(B_RELATIVE_TIMEOUT, 10)), flag.value);
          },
          *setter() {
            yield* new Atomic(kernel, 0, "own").get();
            flag.value = 1;
          },
        };
      },
      { spuriousWakeups: 1 },
      "sleep",
    );
    const timedOut = statusName(B_TIMED_OUT);
    expect(states).toEqual(["finished B_OK 0", "finished B_OK 1", `finished ${timedOut} 0`, `finished ${timedOut} 1`]);
  });
});

const Cookie = struct("cookie", { x: uint32() });

describe("allocation failures", () => {
  const two: Bodies = (kernel, log) => ({
    *maker() {
      const made = [kernel.heap.tryNew(Cookie), kernel.heap.tryNew(Cookie)];
      log.push(made.map((cookie) => (cookie === null ? "-" : "c")).join(""));
      for (const cookie of made) kernel.heap.delete(cookie);
    },
  });

  test.each([
    [0, ["cc"]],
    [1, ["-c", "c-", "cc"]],
    [2, ["--", "-c", "c-", "cc"]],
    [3, ["--", "-c", "c-", "cc"]],
  ] as const)("at most %d of two: each set of them once", (allocationFailures, made) => {
    for (const strategy of complete) {
      const { states, result } = explored(two, { allocationFailures }, strategy);
      expect(states).toEqual(made.map((each) => `finished ${each}`));
      expect(result).toMatchObject({ executions: made.length, exhausted: true });
    }
  });

  // What is left of the allowance makes no step depend on another: one order, and each set of failures once.
  test.each(reduced)("in two threads that share nothing make no orders: %s", (strategy) => {
    const bodies: Bodies = (kernel) => {
      const body = function* (): Steps<void> {
        kernel.heap.delete(kernel.heap.tryNew(Cookie));
      };
      return { one: body, two: body, three: body };
    };
    expect(explored(bodies, { allocationFailures: 1 }, strategy).result).toMatchObject({
      executions: 4,
      exhausted: true,
    });
    expect(explored(bodies, { allocationFailures: 2 }, strategy).result).toMatchObject({
      executions: 7,
      exhausted: true,
    });
    expect(explored(bodies, { allocationFailures: 9 }, strategy).result).toMatchObject({
      executions: 8,
      exhausted: true,
    });
  });

  test("come from everything that a driver allocates", () => {
    const { states } = explored(
      (kernel, log) => ({
        *maker() {
          const pool = new SelectSyncPool(kernel, "pool");
          const info = new SelectSync(kernel).addInfo(kernel, 1);
          const buffer = NetBuffer.tryNew(kernel, new Uint8Array(1));
          buffer?.free();
          const raw = kernel.heap.malloc(Cookie) as object | null;
          const added = pool.add(info, 1);
          log.push(buffer === null ? "buffer" : "", raw === null ? "malloc" : "", added === B_NO_MEMORY ? "pool" : "");
        },
      }),
      { allocationFailures: 1 },
      "sleep",
    );
    expect(states.map((state) => state.replace(/ +/g, " ").trim())).toEqual([
      "finished",
      "finished pool",
      "finished malloc",
      "finished buffer",
    ]);
  });

  test("find the result that nobody looked at, and only the one that matters is left in the schedule", () => {
    const bodies: Bodies = (kernel) => ({
      *careless() {
        kernel.heap.delete(kernel.heap.tryNew(Cookie));
        const cookie = kernel.heap.new(Cookie);
        cookie.x = 1;
        kernel.heap.delete(cookie);
      },
    });
    expect(explored(bodies, {}, "dpor").result).toMatchObject({ outcome: "finished", executions: 1 });
    const { result } = explored(bodies, { allocationFailures: 2 }, "dpor");
    expect(result.findings).toHaveLength(1);
    const [finding] = result.findings;
    expect(finding?.outcome).toMatchObject({ kind: "assertion", message: expect.stringContaining("null") });
    expect(finding?.choices).toEqual([
      { count: 2, value: 0 },
      { count: 2, value: 1 },
    ]);
  });

  test("say in the trace what could not be had, and where", () => {
    const bodies = two;
    const program = (universe: ConstructorParameters<typeof Kernel>[0]): void => {
      const kernel = new Kernel(universe);
      for (const [name, body] of Object.entries(bodies(kernel, []))) kernel.spawn(name, body);
    };
    const choices = [
      { count: 2, value: 0 },
      { count: 2, value: 1 },
    ];
    const simulation = { allocationFailures: 1 };
    const { events, divergence } = watch(program, { time: "adversarial", choices, simulation });
    expect(divergence).toBeNull();
    const asked = events.filter((event) => event.kind === "choice");
    expect(asked.map((event) => event.text)).toEqual([
      "is there no memory for cookie? no",
      "is there no memory for cookie? yes",
    ]);
    expect(asked[1]?.frames.some((frame) => frame.file.endsWith("mishaps.test.ts"))).toBe(true);
  });
});

describe("any waiter", () => {
  const waiting =
    (release: (semaphore: Semaphore) => Steps<void>): Bodies =>
    (kernel, log) => {
      const semaphore = new Semaphore(kernel, 0, "s");
      const body = (name: string) =>
        function* (): Steps<void> {
          yield* semaphore.acquire();
          log.push(name);
        };
      return {
        *main() {
          const first = kernel.spawn("first", body("first"));
          while ((yield* semaphore.count()) === 0);
          const second = kernel.spawn("second", body("second"));
          while ((yield* semaphore.count()) === -1);
          yield* release(semaphore);
          yield* kernel.waitForThread(first);
          yield* kernel.waitForThread(second);
        },
      };
    };

  test.each(reduced)("of a semaphore is served where that is asked for, else the first: %s", (strategy) => {
    const bodies = waiting(function* (semaphore) {
      yield* semaphore.release(1, B_RELEASE_IF_WAITING_ONLY);
    });
    expect(explored(bodies, {}, strategy).states).toEqual(["deadlock first"]);
    expect(explored(bodies, { wakeups: "any" }, strategy).states).toEqual(["deadlock first", "deadlock second"]);
  });
});
