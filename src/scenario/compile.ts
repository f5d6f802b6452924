// From a scenario to a program: boot, set up, then the thread "main", and the judges of its end.

import type { Judges, Program, Verdict } from "#explore/execution";
import type { Kernel } from "#kernel/kernel";
import { settle } from "#kernel/settle";
import { leakVerdict } from "#scenario/leaks";
import type { Judge, ParameterValues, Scenario, ScenarioContext } from "#scenario/types";
import { boot } from "#system";

/** What a scenario's user may set from outside. */
export interface CompileOptions {
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  /** Checked and complete (src/scenario/parameters.ts). */
  readonly parameters?: ParameterValues;
}

/** The program that the explorer runs. */
export function compile(scenario: Scenario, options: CompileOptions = {}): Program {
  const { definition } = scenario;
  const parameters = { ...defaultsOf(scenario), ...options.parameters };
  return (simulation) => {
    const host = boot(simulation, {
      cpus: options.cpus ?? definition.cpus ?? 1,
      debug: options.debug ?? definition.debug ?? "kdebug",
      heap: definition.heap ?? "faithful",
      era: definition.era ?? "aug23",
      drivers: definition.drivers ?? [],
      ...(definition.costs === undefined ? {} : { costs: definition.costs }),
    });
    const judge = new ScenarioJudge();
    const context: ScenarioContext = { host, kernel: host.kernel, judge, parameters };
    let state: object = {};
    const { setup } = definition;
    if (setup !== undefined) {
      const thread = host.kernel.spawn("setup", () => setup(context));
      settle(simulation, thread, host.kernel.costs);
      if (simulation.failed) return;
      state = (thread.result as object | undefined) ?? {};
    }
    host.kernel.spawn("main", () => definition.run({ ...context, ...state }));
    return judge.judges(host.kernel);
  };
}

/** The declared parameters' defaults. */
export function defaultsOf(scenario: Scenario): ParameterValues {
  const declared = Object.entries(scenario.definition.parameters ?? {});
  return Object.fromEntries(declared.map(([name, parameter]) => [name, parameter.default]));
}

class ScenarioJudge implements Judge {
  readonly #checks: (() => void)[] = [];
  #leaksAllowed = false;

  atEnd(check: () => void): void {
    this.#checks.push(check);
  }

  allowLeaks(): void {
    this.#leaksAllowed = true;
  }

  judges(kernel: Kernel): Judges {
    return (): Verdict | null => {
      for (const check of this.#checks) check();
      return this.#leaksAllowed ? null : leakVerdict(kernel);
    };
  }
}
