// What the caller sets about a scenario: CPUs, kernel build, parameters; and what the scenario expects then.

import type { Found } from "#cli/find-scenario";
import type { Program } from "#explore/execution";
import type { OutcomeKind } from "#kernel/outcome";
import type { Capture } from "#net/capture";
import { compile, defaultsOf } from "#scenario/compile";
import { parametersAsText } from "#scenario/parameters";
import type { ParameterValues, Scenario } from "#scenario/types";
import type { Schedule } from "#trace/schedule";

/** Only what was given. */
export interface Settings {
  readonly cpus?: number | undefined;
  readonly debug?: "kdebug" | "release" | undefined;
  readonly parameters: ParameterValues;
}

/**
 * @param judges the names of the judges that are on; all when nobody says
 * @param capture sees every packet that crosses an interface
 */
export function compileWith(
  scenario: Scenario,
  settings: Settings,
  judges?: readonly string[],
  capture?: Capture,
): Program {
  return compile(scenario, {
    ...(capture === undefined ? {} : { capture }),
    ...(judges === undefined ? {} : { judges }),
    parameters: settings.parameters,
    ...(settings.cpus === undefined ? {} : { cpus: settings.cpus }),
    ...(settings.debug === undefined ? {} : { debug: settings.debug }),
  });
}

/** A schedule without its choices: which program it is a schedule of. */
export function scheduleOf(found: Found, settings: Settings, time: Schedule["time"]): Schedule {
  const { definition } = found.scenario;
  return {
    scenario: found.name,
    parameters: parametersAsText({ ...defaultsOf(found.scenario), ...settings.parameters }),
    cpus: settings.cpus ?? definition.cpus ?? 1,
    debug: settings.debug ?? definition.debug ?? "kdebug",
    time,
    marks: [],
    choices: [],
  };
}

/**
 * The outcome that the scenario declares; null when it declares none, or when something was set to what the
 * scenario does not itself declare.
 */
export function declaredOutcome(scenario: Scenario, settings: Settings, how: "run" | "explore"): OutcomeKind | null {
  const { definition } = scenario;
  const parameters = defaultsOf(scenario);
  const isOwn =
    (settings.cpus === undefined || settings.cpus === definition.cpus) &&
    (settings.debug === undefined || settings.debug === definition.debug) &&
    Object.entries(settings.parameters).every(([name, value]) => parameters[name] === value);
  return isOwn ? (definition.expect?.[how] ?? null) : null;
}
