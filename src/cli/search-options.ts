// What the command line says about a search, as the explorer is told it.

import { executionsOf, type Bounds } from "#cli/bounds";
import type { Found } from "#cli/find-scenario";
import type { Settings } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import type { ExploreOptions } from "#explore/explorer";
import { simulationOf } from "#scenario/compile";

export function searchOptions(found: Found, settings: Settings, bounds: Bounds, terminal: Terminal): ExploreOptions {
  const { strategy, seed, depth, preemptions, delays, maxSeconds } = bounds;
  const maxExecutions = executionsOf(bounds);
  return {
    strategy,
    stopAtFirst: bounds.stopAtFirst,
    shrink: bounds.shrinks,
    now: () => terminal.now(),
    ...(seed === undefined ? {} : { seed }),
    ...(depth === undefined ? {} : { depth }),
    ...(preemptions === undefined ? {} : { preemptions }),
    ...(delays === undefined ? {} : { delays }),
    ...(maxExecutions === undefined ? {} : { maxExecutions }),
    ...(maxSeconds === undefined ? {} : { maxMilliseconds: maxSeconds * 1000 }),
    simulation: simulationOf(found.scenario, settings.parameters),
  };
}
