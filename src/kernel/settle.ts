// Setting up: runs a simulation under Haiku's scheduler, unexplored, until its set-up is done and nobody can run.

import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { firstChooser } from "#kernel/chooser";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";

/**
 * Runs until `thread` is dead and no thread is ready. Sleeping threads keep their deadlines. If it can never
 * end, the simulation has failed (a deadlock), in its set-up.
 */
export function settle(simulation: Simulation, thread: Thread, costs: Costs = DEFAULT_COSTS): void {
  if (simulation.closed) return;
  const { scheduler, chooser } = simulation;
  const measured =
    scheduler instanceof HaikuScheduler
      ? scheduler
      : (scheduler.forSetup?.(costs) ?? new HaikuScheduler(simulation, costs));
  simulation.scheduler = measured;
  if (measured !== scheduler) {
    for (const each of simulation.threads) if (each.state === ThreadState.ready) measured.woken(each);
  }
  simulation.chooser = firstChooser;
  simulation.inSetup = true;
  measured.timeMayPass = () => thread.state !== ThreadState.dead;
  simulation.run();
  measured.timeMayPass = () => true;
  if (simulation.closed) return;
  if (thread.state !== ThreadState.dead) {
    simulation.fail("deadlock", `the set-up never ends: ${simulation.outcome.message}`, thread);
    return;
  }
  simulation.inSetup = false;
  simulation.setupSteps = simulation.steps;
  simulation.chooser = chooser;
  simulation.scheduler = scheduler;
  if (measured !== scheduler) scheduler.startAt(measured.now());
}
