// What the tests of files share: one thread's program in measured time, and a device that says what it is asked.

import { execute, type Program } from "#explore/execution";
import { explore, type ExploreResult } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import { defineDriver, type DeviceHooks, type Driver, type Kernel, type Steps } from "#kernel-export";
import type { Outcome } from "#kernel/outcome";
import { boot, type Host } from "#system";

export interface World {
  readonly host: Host;
  readonly kernel: Kernel;
}

/** A host with these drivers, on which "main" runs `body`. */
export function program(drivers: readonly Driver[], body: (world: World) => Steps<unknown>): Program {
  return (simulation) => {
    const host = boot(simulation, { drivers, era: "head" });
    host.kernel.spawn("main", () => body({ host, kernel: host.kernel }));
  };
}

/** Runs it once, in measured time; what "main" throws is thrown. */
export function run<T>(drivers: readonly Driver[], body: (world: World) => Steps<T>): T {
  const { outcome, result } = end(drivers, body);
  if (outcome.kind !== "finished") throw new Error(`${outcome.kind}: ${outcome.message}`);
  return result as T;
}

/** Runs it once, in measured time, and says how it ended. */
export function end<T>(
  drivers: readonly Driver[],
  body: (world: World) => Steps<T>,
): { outcome: Outcome; result: T | undefined } {
  const execution = execute(program(drivers, body), firstChooser, { time: "measured" });
  const main = execution.simulation.threads.find((thread) => thread.name === "main");
  return { outcome: execution.outcome, result: main?.result as T | undefined };
}

/** Every schedule; `ends` are the distinct results of "main", sorted. */
export function everyEnd(
  drivers: () => readonly Driver[],
  body: (world: World) => Steps<unknown>,
  strategy: "sleep" | "dfs" = "sleep",
  maxExecutions = 200_000,
): { result: ExploreResult; ends: string[] } {
  const ends = new Set<string>();
  const result = explore((simulation) => program(drivers(), body)(simulation), {
    strategy,
    maxExecutions,
    onExecution: ({ simulation, outcome }) => {
      const main = simulation.threads.find((thread) => thread.name === "main");
      ends.add(outcome.kind === "finished" ? String(main?.result) : `${outcome.kind}: ${outcome.message}`);
    },
  });
  return { result, ends: [...ends].sort() };
}

/** A driver of one device with these hooks; open gives an empty cookie unless they say otherwise. */
export function device(name: string, hooks: Partial<DeviceHooks>): Driver {
  const complete: DeviceHooks = {
    *open() {
      return {};
    },
    ...hooks,
  };
  return defineDriver({ name, load: () => ({ devices: [name], hooks: complete }) });
}
