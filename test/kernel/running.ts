// Runs a few threads on one kernel and says how it ended: for tests of single objects.

import { explore, type ExploreResult } from "#explore/explorer";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Steps } from "#kernel/operation";
import type { Outcome } from "#kernel/outcome";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { type Simulation } from "#kernel/simulation";
import type { ThreadOptions } from "#kernel/thread";
import { Recorder } from "#trace/recorder";
import { operationVerb } from "#kernel/operation";

export type Log = unknown[];
export type Body = () => Steps<unknown>;
/** Builds what the threads share, and gives their bodies by name; they are spawned in this order. */
export type Threads = (kernel: Kernel, log: Log) => Readonly<Record<string, Body | readonly [Body, ThreadOptions]>>;

export interface Ended {
  readonly outcome: Outcome;
  readonly log: Log;
  readonly simulation: Simulation;
  /** Virtual microseconds at the end. */
  readonly time: number;
}

function spawnAll(simulation: Simulation, threads: Threads, options: KernelOptions, log: Log): void {
  const kernel = new Kernel(simulation, options);
  for (const [name, thread] of Object.entries(threads(kernel, log))) {
    if (typeof thread === "function") kernel.spawn(name, thread);
    else kernel.spawn(name, thread[0], thread[1]);
  }
}

/** One run in measured time under Haiku's scheduler. */
export function measured(
  threads: Threads,
  options: KernelOptions & { readonly recorded?: boolean; readonly maxSteps?: number } = {},
): Ended {
  const log: Log = [];
  const { outcome, simulation } = execute(
    (made) => spawnAll(made, threads, options, log),
    firstChooser,
    { time: "measured", simulation: { ...DEFAULT_OPTIONS, maxSteps: options.maxSteps ?? DEFAULT_OPTIONS.maxSteps } },
    options.recorded === true ? new Recorder(operationVerb) : null,
  );
  return { outcome, log, simulation, time: simulation.now() };
}

/** Every end that exploring finds, as "kind message" or "finished" with the log, sorted; the search must be exhausted. */
export function adversarial(
  threads: Threads,
  options: KernelOptions = {},
): { readonly ends: string[]; readonly result: ExploreResult } {
  const ends = new Set<string>();
  let log: Log = [];
  const result = explore(
    (made) => {
      log = [];
      spawnAll(made, threads, options, log);
    },
    {
      onExecution: ({ outcome }) => {
        const text =
          outcome.kind === "finished" || outcome.kind === "deadlock" ? log.join(" ") : shortAddresses(outcome.message);
        ends.add(`${outcome.kind} ${text}`.trim());
      },
    },
  );
  if (!result.exhausted) throw new Error(`not exhausted: ${result.executions} executions`);
  return { ends: [...ends].sort(), result };
}

/** The text of the panic in a measured run, with every address as "ADDRESS". */
export function panicOf(threads: Threads, options: KernelOptions = {}): string {
  const { outcome } = measured(threads, options);
  return outcome.kind === "panic" ? shortAddresses(outcome.message) : `no panic: ${outcome.kind} ${outcome.message}`;
}

/** The text with every address that is not zero as "ADDRESS". */
export function shortAddresses(text: string): string {
  return text.replace(/0xffffffff[0-9a-f]{8}/g, "ADDRESS");
}
