// Goal: the strategies that draw lots draw them as their papers say. Method: programs for which a paper's algorithm gives each order
// a probability that can be told on a sheet of paper; many executions; what was counted is within five standard deviations of
// it (four, where a bound is only to be kept). Seeds are fixed, so it is so each time.
import { describe, expect, test } from "vitest";
import { execute, type Program } from "#explore/execution";
import { makeStrategy } from "#explore/make-strategy";
import type { Guarantee, StrategyName } from "#explore/strategy";
import { Kernel } from "#kernel/kernel";
import { letGo } from "#kernel/let-go";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";

const EXECUTIONS = 3_000;

/** Each thread's operations: the names of the counters that it adds to, one letter each. */
type Threads = readonly string[];

interface Drawn {
  /** How many executions had this order: the threads of the operations, by their numbers from 0. */
  readonly orders: ReadonlyMap<string, number>;
  readonly guarantee: Guarantee | undefined;
}

function drawn(threads: Threads, executions: number, options: { strategy: StrategyName; depth?: number }): Drawn {
  const order: number[] = [];
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const counters = new Map([..."wx"].map((name) => [name, new Atomic(kernel, 0, name)]));
    order.length = 0;
    threads.forEach((operations, self) => {
      const own = [...operations].map((name) => counters.get(name) ?? expect.fail("there is no such counter"));
      kernel.spawn(`t${self}`, () => adding(own, self, order));
    });
  };
  const strategy = makeStrategy({ ...options, seed: 11 });
  const orders = new Map<string, number>();
  for (let i = 0; i < executions && strategy.begin(); i++) {
    letGo(execute(program, strategy, { time: "adversarial" }).simulation);
    orders.set(order.join(""), (orders.get(order.join("")) ?? 0) + 1);
  }
  return { orders, guarantee: strategy.guarantee };
}

/** @param order for the test alone: no thread reads it */
function* adding(counters: readonly Atomic[], self: number, order: number[]): Steps<void> {
  for (const counter of counters) {
    yield* counter.add(1);
    order.push(self);
  }
}

/** How far a count is from what it should be, in standard deviations. */
function deviation(count: number, executions: number, probability: number): number {
  return (count - executions * probability) / Math.sqrt(executions * probability * (1 - probability));
}

describe("random priorities keep just what they promise where a bug can be met in one way only", () => {
  // The second thread's operations come after so many of the first one's; each change is at the one step where it helps.
  // A thread's start is a step: a first thread of n operations and a second of m have n + m + 2.
  const rows = [
    { depth: 1, threads: ["xxx", "x"], order: "1000", probability: 1 / 2 },
    { depth: 1, threads: ["x", "xx", "x", "x"], order: "31102", probability: 1 / 24 },
    { depth: 2, threads: ["xxxxx", "x"], order: "001000", probability: 1 / (2 * 8) },
    { depth: 3, threads: ["xxxx", "xx"], order: "001001", probability: 1 / (2 * 8 ** 2) },
  ] as const;

  test.each(rows)(
    "depth $depth: the order $order of threads with $threads",
    ({ depth, threads, order, probability }) => {
      const executions = 20_000;
      const { orders } = drawn(threads, executions, { strategy: "pct", depth });
      expect(Math.abs(deviation(orders.get(order) ?? 0, executions, probability))).toBeLessThan(5);
    },
  );

  test.each(rows.filter(({ threads }) => threads.length === 2))(
    "depth $depth: which is what they print",
    ({ depth, threads, probability }) => {
      const { guarantee } = drawn(threads, 50, { strategy: "pct", depth });
      expect(guarantee?.perExecution).toBeCloseTo(probability, 12);
      expect(guarantee).toMatchObject({ nobodySlept: true, nothingChosen: true });
    },
  );
});

describe("random priorities promise only what holds", () => {
  const promised = (program: Program, depth: number, executions: number): Guarantee => {
    const strategy = makeStrategy({ strategy: "pct", depth, seed: 3 });
    for (let i = 0; i < executions && strategy.begin(); i++) execute(program, strategy, { time: "adversarial" });
    return strategy.guarantee ?? expect.fail("no guarantee");
  };

  test("with no change to draw, every execution counts: how long they are does not matter", () => {
    const { guarantee } = drawn(["xx", "x"], 10, { strategy: "pct", depth: 1 });
    expect(guarantee).toMatchObject({ perExecution: 1 / 2, executions: 10 });
  });

  test("with changes, the executions count that were drawn when the longest one was known", () => {
    const { guarantee } = drawn(["xx", "x"], 10, { strategy: "pct", depth: 2 });
    expect(guarantee).toMatchObject({ steps: 5, executions: 9 });
  });

  test("executions with too few points promise nothing", () => {
    const late: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const lock = new Mutex(kernel, "lock");
      kernel.spawn("a", function* () {
        yield* lock.tryLock();
        lock.unlock();
      });
    };
    expect(promised(late, 1, 1).executions).toBe(0);
    expect(promised(late, 1, 1).together).toBe(0);
  });

  test("a bug that needs one of the chosen values is left out, and that is said", () => {
    const choosing: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      kernel.spawn("a", function* () {
        simulation.choose(3, "a value");
      });
    };
    expect(promised(choosing, 1, 5)).toMatchObject({ nothingChosen: false, nobodySlept: true });
  });

  test("threads that ended with the set-up are none of n", () => {
    const afterSetup: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      kernel.spawn("a", function* () {
        yield* kernel.snooze(5);
      });
      kernel.spawn("b", function* () {});
    };
    expect(promised(afterSetup, 1, 5)).toMatchObject({ threads: 2, nobodySlept: false });
  });

  test("a deadlock among three is met at least as often as they say", () => {
    const philosophers: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const forks = [0, 1, 2].map((place) => new Semaphore(kernel, 1, `fork ${place}`));
      forks.forEach((own, place) => {
        const other = forks[(place + 1) % 3] ?? own;
        kernel.spawn(`p${place}`, function* () {
          yield* own.acquire();
          yield* other.acquire();
          yield* other.release();
          yield* own.release();
        });
      });
    };
    // Each takes its own fork before its neighbour wants it: three orderings of two steps.
    const strategy = makeStrategy({ strategy: "pct", depth: 3, seed: 2 });
    let deadlocks = 0;
    for (let i = 0; i < 1_000 && strategy.begin(); i++) {
      if (execute(philosophers, strategy, { time: "adversarial" }).outcome.kind === "deadlock") deadlocks++;
    }
    const { perExecution, executions } = strategy.guarantee ?? expect.fail("no guarantee");
    expect(deviation(deadlocks, executions, perExecution)).toBeGreaterThan(-4);
  });
});

describe("partial-order sampling", () => {
  const pos = (threads: Threads): ReadonlyMap<string, number> => drawn(threads, EXECUTIONS, { strategy: "pos" }).orders;

  test("an operation that nobody races with leaves the others' priorities as they are", () => {
    // Six steps of t0, two of t1, and a priority for each of the eight. Either t1's start is the least of the seven that it stands
    // beside, 1/7; or else its operation is the least of all: 6/7 x 1/8.
    expect(Math.abs(deviation(pos(["wwwwx", "x"]).get("000001") ?? 0, EXECUTIONS, 1 / 4))).toBeLessThan(5);
  });

  test("operations that race draw anew", () => {
    // t1's start stands beside four steps of t0: 1/5 that it comes last. Else its operation is pending together with the start of t0, or
    // with its first, second or third operation, and after each operation of t0 both draw anew: a half.
    const probability =
      1 / 5 +
      (1 / 2) * (1 / 4) * (1 / 4) +
      (1 / 6) * (1 / 4) * (1 / 4) +
      (1 / 12) * (1 / 5) * (1 / 2) +
      (1 / 20) * (1 / 6);
    expect(Math.abs(deviation(pos(["xxx", "x"]).get("0001") ?? 0, EXECUTIONS, probability))).toBeLessThan(5);
  });

  test("of operations that all race each is as likely to be next as the others", () => {
    const orders = pos(["x", "x", "x"]);
    expect(orders.size).toBe(6);
    for (const count of orders.values()) expect(Math.abs(deviation(count, EXECUTIONS, 1 / 6))).toBeLessThan(5);
  });
});

test("a walk at random chooses evenly at each point", () => {
  const { orders } = drawn(["xx", "x"], EXECUTIONS, { strategy: "random" });
  // The points of t0 are its start and two operations, those of t1 its start and one: halves, until one of them has ended.
  const paths = (a: number, b: number): ReadonlyMap<string, number> => {
    if (a === 0 && b === 0) return new Map([["", 1]]);
    const all = new Map<string, number>();
    const half = a === 0 || b === 0 ? 1 : 1 / 2;
    const add = (letter: string, rest: ReadonlyMap<string, number>): void => {
      for (const [order, share] of rest) all.set(letter + order, (all.get(letter + order) ?? 0) + half * share);
    };
    if (a > 0) add(a === 3 ? "" : "0", paths(a - 1, b));
    if (b > 0) add(b === 2 ? "" : "1", paths(a, b - 1));
    return all;
  };
  for (const [order, probability] of paths(3, 2)) {
    expect(Math.abs(deviation(orders.get(order) ?? 0, EXECUTIONS, probability)), order).toBeLessThan(5);
  }
});

test.each(["random", "pct", "pos", "surw"] as const)("%s: the seed decides, and nothing else", (strategy) => {
  const run = (seed: number): string[] => {
    const made = makeStrategy({ strategy, seed });
    return Array.from({ length: 20 }, () => {
      made.begin();
      execute(raced, made, { time: "adversarial" });
      return made
        .choices()
        .map(({ value }) => value)
        .join("");
    });
  };
  expect(run(1)).toEqual(run(1));
  const first = new Set([1, 2, 3, 4, 5, 6].map((seed) => run(seed).join()));
  expect(first.size).toBe(6);
});

const raced: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const x = new Atomic(kernel, 0, "x");
  for (const name of ["a", "b", "c"]) {
    kernel.spawn(name, function* () {
      for (let i = 0; i < 4; i++) yield* x.add(1);
    });
  }
};
