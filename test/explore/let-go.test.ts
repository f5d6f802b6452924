// Goal: what a search is done with no longer holds together, and whoever asked to see it sees it whole.
// Method: the universes of a small scenario are kept by the program itself, and looked at afterwards.

import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import type { Simulation } from "#kernel/simulation";
import { Mutex } from "#sync/mutex";
import { internetOf } from "#net/internet";
import { interfacesOf } from "#net/network";
import { boot } from "#system";

function keeping(universes: Simulation[]): (simulation: Simulation) => void {
  return (simulation) => {
    universes.push(simulation);
    const { kernel } = boot(simulation);
    const mutex = new Mutex(kernel, "m");
    for (const name of ["a", "b"]) {
      kernel.spawn(name, function* () {
        yield* mutex.lock();
        mutex.unlock();
      });
    }
  };
}

describe("a search", () => {
  test("takes apart what it has run", () => {
    const universes: Simulation[] = [];
    const { executions } = explore(keeping(universes), { strategy: "dfs" });
    expect(executions).toBeGreaterThan(1);
    expect(universes.filter(({ threads }) => threads.length === 0).length).toBeGreaterThanOrEqual(executions);
  });

  test("shows it whole to whoever looks at each execution", () => {
    const universes: Simulation[] = [];
    const threads: number[] = [];
    explore(keeping(universes), {
      strategy: "dfs",
      onExecution: ({ simulation }) => threads.push(simulation.threads.length),
    });
    expect(new Set(threads)).toEqual(new Set([2]));
    expect(universes.every((each) => each.threads.length === 2)).toBe(true);
  });
});

describe("what a host makes when it is wanted", () => {
  test("leaves the numbers of all other objects as they are", () => {
    const numbers = (asks: boolean): number[] => {
      const made: number[] = [];
      explore((simulation) => {
        const { kernel } = boot(simulation);
        if (asks) internetOf(kernel);
        made.push(new Mutex(kernel, "m").number, interfacesOf(kernel).devices === undefined ? 1 : 0);
      });
      return made;
    };
    expect(numbers(true)).toEqual(numbers(false));
    expect(numbers(true)[0]).toBeGreaterThan(0);
  });
});
