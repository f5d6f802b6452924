// `test` with a laboratory: a booted host, its simulation, its device tree, for tests that look at one run.
//
// Everything is made anew for each test, and only what a test names in its parameters is made. Time is measured, as in
// `lockstep run`: threads go by Haiku's scheduler, and nothing is explored.

import type { TestAPI } from "vitest";
import { firstChooser } from "#kernel/chooser";
import { DEFAULT_COSTS } from "#kernel/costs";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Kernel } from "#kernel/kernel";
import { operationVerb, type OperationKind, type Steps } from "#kernel/operation";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { Simulation } from "#kernel/simulation";
import { ThreadState } from "#kernel/thread";
import { boot, type BootOptions, type Host } from "#system";
import type { FsView } from "#fs-view/fs-view";
import { Recorder } from "#trace/recorder";
import { failureText } from "#vitest/endings";
import { STEP_SECONDS } from "#vitest/options";
import { vitestTest } from "#vitest/peer";
import { projectOptions, seedOf } from "#vitest/settings";
import { guardSimulation } from "#workers/watchdog";
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
   * @throws Error when the kernel panics, a thread throws, or the thread never ends; InputError that names the thread when
   * its code never comes back
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
      // Whoever fails is told why; a run has so few steps that recording them all is cheap.
      const recorder = new Recorder((kind) => operationVerb(kind as OperationKind));
      await use(new Simulation((made) => new HaikuScheduler(made, costs), firstChooser, DEFAULT_OPTIONS, recorder));
    },
    world: async ({ simulation, hostOptions, worldOptions }, use: Use<World>) => {
      if (worldOptions === null) return use(World.of(boot(simulation, hostOptions)));
      const world = World.boot(simulation, worldOptions, hostOptions);
      if (world.hasAddresses) runThread(simulation, world.first.kernel, () => world.configure(), STEP_SECONDS * 1000);
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
    run: async ({ simulation, kernel, task }, use: Use<Laboratory["run"]>) => {
      // Vitest cannot interrupt what does not come back, and fails what took longer than the test's time anyway.
      const limit = Math.max(task.timeout, STEP_SECONDS * 1000);
      await use((body) => runThread(simulation, kernel, body, limit));
    },
  });
}

function runThread<T>(simulation: Simulation, kernel: Kernel, body: () => Steps<T>, milliseconds: number): T {
  const thread = kernel.spawn("test", body);
  guardSimulation(simulation, () => simulation.run(), milliseconds);
  if (simulation.failed || thread.state !== ThreadState.dead) throw failure(simulation);
  return thread.result as T;
}

// What happened, and why; the stack is that of the thread which failed.
function failure({ outcome, recorder, threads }: Simulation): Error {
  recorder?.ended(threads);
  const events = recorder?.events ?? [];
  const error = new Error(failureText({ scenario: "this run", outcome, events, time: "measured" }));
  const frames = outcome.stack.split("\n").filter((line) => /^\s+at /.test(line));
  if (frames.length > 0) error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
