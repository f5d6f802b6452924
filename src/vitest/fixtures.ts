// `test` with a laboratory: a booted host, its simulation, its device tree, for tests that look at one run.
//
// Everything is made anew for each test, and only what a test names in its parameters is made. Time is measured, as in
// `lockstep run`: threads go by Haiku's scheduler, and nothing is explored.

import type { TestAPI } from "vitest";
import { DEFAULT_COSTS } from "#kernel/costs";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Simulation } from "#kernel/simulation";
import { ThreadState } from "#kernel/thread";
import { boot, type BootOptions, type Host } from "#system";
import type { FsView } from "#fs-view/fs-view";
import { vitestTest } from "#vitest/peer";
import { projectOptions, seedOf } from "#vitest/settings";
import { World, type WorldDefinition } from "#world/world";

/** What a test of `lockstep/vitest` can ask for. */
export interface Laboratory {
  /** How the host is booted: `test.override({ hostOptions: { drivers: [tunDriver] } })`. Default: no drivers, one CPU. */
  readonly hostOptions: BootOptions;
  /** Several hosts and their links instead of one; null (default) for one. */
  readonly worldOptions: WorldDefinition | null;
  readonly simulation: Simulation;
  readonly world: World;
  /** The host, or the first of several. */
  readonly host: Host;
  readonly kernel: Kernel;
  /** `LOCKSTEP_SEED`, the project's `seed`, or 1: for what a test itself draws. */
  readonly seed: number;
  /** The host's device tree, shaped like `node:fs`. */
  readonly fs: FsView;
  /**
   * Runs a thread until nobody can go on, and gives what it returned.
   * @throws Error when the kernel panics, a thread throws, or the thread never ends
   */
  readonly run: <T>(body: () => Steps<T>) => T;
}

type Use<T> = (value: T) => Promise<void>;

/** vitest's `test`, with the fixtures of a laboratory. Outside a vitest run it is vitest's own, which says so. */
export const test: TestAPI<Laboratory> = extended();

// Tools import modules to look at them; only vitest can extend a test.
function extended(): TestAPI<Laboratory> {
  try {
    return extend();
  } catch (error) {
    if (error instanceof Error && error.message.includes("failed to find the current suite")) {
      return vitestTest as unknown as TestAPI<Laboratory>;
    }
    throw error;
  }
}

function extend(): TestAPI<Laboratory> {
  return vitestTest.extend<Laboratory>({
    hostOptions: {},
    worldOptions: null,
    simulation: async ({ hostOptions }, use: Use<Simulation>) => {
      const costs = hostOptions.costs ?? DEFAULT_COSTS;
      await use(new Simulation((made) => new HaikuScheduler(made, costs)));
    },
    world: async ({ simulation, hostOptions, worldOptions }, use: Use<World>) => {
      if (worldOptions === null) return use(World.of(boot(simulation, hostOptions)));
      const world = World.boot(simulation, worldOptions, hostOptions);
      if (world.hasAddresses) runThread(simulation, world.first.kernel, () => world.configure());
      await use(world);
    },
    host: async ({ world }, use: Use<Host>) => use(world.first),
    kernel: async ({ host }, use: Use<Kernel>) => use(host.kernel),
    // An object pattern has to stand here, though nothing is asked for: vitest reads it.
    // oxlint-disable-next-line no-empty-pattern
    seed: async ({}, use: Use<number>) => use(seedOf(projectOptions())),
    fs: async ({ host }, use: Use<FsView>) => {
      const { createFsView } = await import("#fs-view/fs-view");
      await use(createFsView(host));
    },
    run: async ({ simulation, kernel }, use: Use<Laboratory["run"]>) =>
      use((body) => runThread(simulation, kernel, body)),
  });
}

function runThread<T>(simulation: Simulation, kernel: Kernel, body: () => Steps<T>): T {
  const thread = kernel.spawn("test", body);
  simulation.run();
  const { outcome } = simulation;
  if (simulation.failed) {
    const error = new Error(`${outcome.kind}: ${outcome.message}`);
    if (outcome.stack !== "") error.stack = outcome.stack;
    throw error;
  }
  if (thread.state !== ThreadState.dead) throw new Error(`deadlock: ${outcome.message}`);
  return thread.result as T;
}
