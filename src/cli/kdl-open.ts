// From a schedule's token to the debugger that is open on it.

import { findScenario } from "#cli/find-scenario";
import { namesOf } from "#cli/judging";
import { checkFits, settingsOf } from "#cli/replay";
import { compileWith } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { underWatch } from "#cli/watching";
import type { Judge } from "#judges/judge";
import { Debugger } from "#kdl/debugger";
import { measuredSimulationOf, simulationOf } from "#scenario/compile";
import { parseSchedule } from "#trace/schedule";

/** @throws InputError when the token is no schedule, or fits no longer */
export async function openDebugger(token: string, terminal: Terminal, judges: readonly Judge[]): Promise<Debugger> {
  const schedule = parseSchedule(token);
  const found = await findScenario(schedule.scenario, terminal.folder);
  const settings = settingsOf(schedule, found);
  const { costs } = found.scenario.definition;
  const simulation = schedule.time === "measured" ? measuredSimulationOf : simulationOf;
  const subject = {
    program: compileWith(found.scenario, settings, namesOf(judges)),
    schedule,
    simulation: simulation(found.scenario, settings.parameters),
    judges,
    ...(costs === undefined ? {} : { costs }),
  };
  const options = { width: terminal.width, paint: terminal.colors };
  const kdl = underWatch(
    subject.program,
    (program) => new Debugger({ ...subject, program }, options),
    undefined,
    costs,
  );
  checkFits(schedule, kdl.timeline);
  return kdl;
}
