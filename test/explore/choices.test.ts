// Goal: a value that is chosen before a thread's first step, in the program itself or by whoever spawns it, loses nothing.
// Method: the end states of each strategy beside those of plain depth-first search.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import type { StrategyName } from "#explore/strategy";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import type { Simulation } from "#kernel/simulation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";

interface World {
  readonly kernel: Kernel;
  readonly simulation: Simulation;
  readonly cells: readonly { value: number }[];
  readonly atomic: Atomic;
}

type Build = (world: World) => Record<string, () => Steps<unknown>>;

const programs: { readonly name: string; readonly options?: Partial<SimulationOptions>; readonly build: Build }[] = [
  {
    name: "a thread is born with a chosen value",
    build: ({ kernel, simulation, cells: [x, y], atomic }) => ({
      *parent() {
        const value = simulation.choose(2, "value");
        kernel.spawn("child", function* () {
          (value === 1 ? x : y)!.value++;
          yield* atomic.get();
          x!.value++;
        });
      },
      *other() {
        x!.value = 0;
      },
    }),
  },
  {
    name: "the program chooses before it has threads",
    build: ({ simulation, cells: [, y, z], atomic }) => {
      const value = simulation.choose(2, "value");
      return {
        *one() {
          yield* atomic.get();
          y!.value = 1;
        },
        *two() {
          yield* atomic.get();
          (value === 1 ? y : z)!.value = 2;
        },
        *three() {
          yield* atomic.get();
          z!.value = 1;
        },
      };
    },
  },
  {
    name: "a thread chooses before its first operation",
    options: { startIsStep: false },
    build: ({ kernel, simulation, cells: [, y], atomic }) => {
      const lock = new Mutex(kernel, "lock");
      return {
        *one() {
          yield* lock.lock();
          y!.value = 1;
          lock.unlock();
          y!.value = 3;
        },
        *two() {
          for (let time = 0; time < 2; time++) {
            if (simulation.choose(2, "value") === 0) continue;
            y!.value++;
            yield* atomic.add(1);
          }
        },
      };
    },
  },
];

function endStates(strategy: StrategyName, build: Build, options: Partial<SimulationOptions>): readonly string[] {
  const states = new Set<string>();
  let cells: readonly { value: number }[] = [];
  const result = explore(
    (simulation) => {
      const kernel = new Kernel(simulation);
      cells = ["x", "y", "z"].map((name) => shared(kernel, 0, name));
      const bodies = build({ kernel, simulation, cells, atomic: new Atomic(kernel, 0, "atomic") });
      for (const [name, body] of Object.entries(bodies)) kernel.spawn(name, body);
    },
    { strategy, simulation: options, onExecution: () => states.add(cells.map(({ value }) => value).join()) },
  );
  expect(result.exhausted).toBe(true);
  return [...states].sort();
}

describe.each(programs)("$name", ({ build, options = {} }) => {
  test.each(["dpor", "source", "sleep"] as const)("with %s, as depth first", (strategy) => {
    expect(endStates(strategy, build, options)).toEqual(endStates("dfs", build, options));
  });
});
