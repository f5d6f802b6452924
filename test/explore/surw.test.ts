// Goal: the selectively uniform random walk samples the orders of the operations on its object uniformly, as its paper proves,
// also when threads are spawned on the way. Method: programs with one shared object, whose orders can be counted, many executions, and
// Pearson's chi-square, by how many of its standard deviations it is above its mean: a plain random walk is hundreds above.
import { expect, test } from "vitest";
import { execute, type Program } from "#explore/execution";
import { makeStrategy } from "#explore/make-strategy";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";

const EXECUTIONS = 6_000;

/** How many orders were seen, and how far chi-square is above its mean, in standard deviations; `counts` are operations of each thread. */
function unevenness(
  counts: readonly number[],
  spawned: "at the start" | "by the first",
): [orders: number, above: number] {
  let order = "";
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const x = new Atomic(kernel, 0, "x");
    order = "";
    const others = (): void =>
      counts.slice(1).forEach((_, place) => kernel.spawn(`t${place + 1}`, () => body(place + 1)));
    function* body(self: number): Steps<void> {
      for (let i = 0; i < (counts[self] ?? 0); i++) {
        yield* x.add(1);
        order += self; // for the test alone: no thread reads it
        if (self === 0 && i === 0 && spawned === "by the first") others();
      }
    }
    kernel.spawn("t0", () => body(0));
    if (spawned === "at the start") others();
  };
  const strategy = makeStrategy({ strategy: "surw", seed: 5 });
  const seen = new Map<string, number>();
  for (let i = 0; i < EXECUTIONS && strategy.begin(); i++) {
    execute(program, strategy, { time: "adversarial" });
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  const mean = EXECUTIONS / seen.size;
  const square = [...seen.values()].reduce((sum, times) => sum + (times - mean) ** 2 / mean, 0);
  const freedom = seen.size - 1;
  return [seen.size, (square - freedom) / Math.sqrt(2 * freedom)];
}

test.each([
  { counts: [1, 4], spawned: "at the start", orders: 5 },
  { counts: [3, 3], spawned: "at the start", orders: 20 },
  { counts: [1, 2, 3], spawned: "at the start", orders: 60 },
  { counts: [4, 4], spawned: "at the start", orders: 70 },
  { counts: [3, 1], spawned: "by the first", orders: 3 },
  { counts: [2, 2, 2], spawned: "by the first", orders: 30 },
] as const)("threads with $counts operations, made $spawned: $orders orders", ({ counts, spawned, orders }) => {
  const [seen, above] = unevenness(counts, spawned);
  expect(seen).toBe(orders);
  expect(above).toBeLessThan(5);
});
