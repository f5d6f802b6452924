// From a scenario to a program: boot, set up, then the thread "main", and the judges of its end.

import { UsageError } from "#base/assert";
import { checkOptions } from "#base/known-options";
import type { Judges, Program, Verdict } from "#explore/execution";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import { settle } from "#kernel/settle";
import type { Simulation } from "#kernel/simulation";
import type { Capture } from "#net/capture";
import { checkScenario } from "#scenario/check";
import { freedUseVerdict } from "#scenario/freed-uses";
import { allowLeaks, leakVerdict } from "#scenario/leaks";
import { checkedSimulation } from "#scenario/simulation-options";
import type { Judge, ParameterValues, Scenario, ScenarioContext, ScenarioDefinition } from "#scenario/types";
import { boot, type BootOptions } from "#system";
import { measurementsOf } from "#vfs/measurements";
import { World } from "#world/world";

/** What a scenario's user may set from outside. */
export interface CompileOptions {
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  /** Checked and complete (src/scenario/parameters.ts). */
  readonly parameters?: ParameterValues;
  /** The names of the judges (src/judges) that are on. Default: all. */
  readonly judges?: readonly string[];
  /** Sees every packet that crosses an interface of any host. */
  readonly capture?: Capture;
}

const OPTIONS: Readonly<Record<keyof CompileOptions, true>> = {
  cpus: true,
  debug: true,
  parameters: true,
  judges: true,
  capture: true,
};

/**
 * The program that the explorer runs.
 * @throws InputError when the scenario has a field that means nothing, or one that cannot be; UsageError when an option is
 * misspelt
 */
export function compile(scenario: Scenario, options: CompileOptions = {}): Program {
  const { definition } = checkScenario(scenario);
  checkOptions("compile", options, OPTIONS);
  const parameters = { ...defaultsOf(scenario), ...options.parameters };
  return (simulation) => {
    const world = bootWorld(simulation, definition, parameters, {
      cpus: options.cpus ?? definition.cpus ?? 1,
      debug: options.debug ?? definition.debug ?? "kdebug",
      heap: definition.heap ?? "faithful",
      era: definition.era ?? "aug23",
      drivers: definition.drivers ?? [],
      ...(definition.costs === undefined ? {} : { costs: definition.costs }),
      ...(options.capture === undefined ? {} : { capture: options.capture }),
    });
    const host = world.first;
    const judge = new ScenarioJudge(world, options.judges);
    const context: ScenarioContext = {
      host,
      world,
      kernel: host.kernel,
      judge,
      parameters,
      choose: chooser(simulation),
    };
    let state: object = {};
    const { setup } = definition;
    if (setup !== undefined || world.hasAddresses) {
      const thread = host.kernel.spawn("setup", () => setUp(context, setup));
      settle(simulation, thread, host.kernel.costs);
      if (simulation.failed) return;
      state = (thread.result as object | undefined) ?? {};
    }
    host.kernel.spawn("main", () => definition.run({ ...context, ...state }));
    return judge.judges;
  };
}

function chooser(simulation: Simulation): ScenarioContext["choose"] {
  return (count, why) => {
    if (Number.isInteger(count) && count >= 1) return simulation.choose(count, why);
    throw new UsageError(
      `choose(${count}, "${why}"): the first argument is the number of ways, a whole one of at least 1`,
    );
  };
}

function bootWorld(
  simulation: Simulation,
  { hosts: given, links }: ScenarioDefinition,
  parameters: ParameterValues,
  defaults: BootOptions,
): World {
  if (given === undefined) return World.of(boot(simulation, defaults));
  const hosts = typeof given === "function" ? given(parameters) : given;
  return World.boot(simulation, { hosts, ...(links === undefined ? {} : { links }) }, defaults);
}

// The declared addresses come first, so that a set-up finds the interfaces up.
function* setUp(context: ScenarioContext, setup: ScenarioDefinition["setup"]): Steps<object> {
  if (context.world.hasAddresses) yield* context.world.configure();
  if (setup === undefined) return {};
  const steps: unknown = setup(context);
  if (!isSteps(steps)) throw new UsageError("setup must be a generator function: *setup(context) { ... }");
  const state: unknown = yield* steps;
  if (state === undefined || (typeof state === "object" && !Array.isArray(state))) return state ?? {};
  throw new UsageError(
    `setup must return an object, whose fields run is given, or nothing; it returned ${show(state)}`,
  );
}

function isSteps(value: unknown): value is Steps<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value && !Array.isArray(value);
}

function show(value: unknown): string {
  return Array.isArray(value) ? "a list" : typeof value === "function" ? "a function" : String(value);
}

/** The declared parameters' defaults. */
export function defaultsOf(scenario: Scenario): ParameterValues {
  const declared = Object.entries(scenario.definition.parameters ?? {});
  return Object.fromEntries(declared.map(([name, parameter]) => [name, parameter.default]));
}

/** How the scenario's universe behaves with these values; what they leave out has its default. */
export function simulationOf(scenario: Scenario, parameters: ParameterValues = {}): Partial<SimulationOptions> {
  const { simulation = {} } = scenario.definition;
  if (typeof simulation !== "function") return simulation;
  return checkedSimulation(simulation({ ...defaultsOf(scenario), ...parameters }), scenario.name);
}

/** The same for a plain run, in measured time. */
export function measuredSimulationOf(scenario: Scenario, parameters: ParameterValues = {}): Partial<SimulationOptions> {
  const { runSteps } = scenario.definition;
  const options = simulationOf(scenario, parameters);
  if (runSteps === undefined) return options;
  const maxSteps = typeof runSteps === "function" ? runSteps({ ...defaultsOf(scenario), ...parameters }) : runSteps;
  return { ...options, maxSteps };
}

// What an async function throws comes too late for any judge.
function checkNow(check: () => unknown): void {
  const given = check();
  if (typeof given !== "object" || given === null || !("then" in given)) return;
  if ("catch" in given && typeof given.catch === "function") given.catch(() => {});
  throw new UsageError("a check of judge.atEnd() must be done when it returns; this one is async");
}

class ScenarioJudge implements Judge {
  readonly #checks: (() => void)[] = [];
  readonly #kernels: readonly Kernel[];
  readonly #on: readonly string[] | undefined;

  /** @param on the judges that are on; all when nobody says */
  constructor(world: World, on: readonly string[] | undefined) {
    this.#kernels = world.hosts.map((each) => each.kernel);
    this.#on = on;
  }

  atEnd(check: () => void): void {
    if (typeof check !== "function") throw new UsageError(`judge.atEnd() takes a function, not ${show(check)}`);
    this.#checks.push(check);
  }

  figure(name: string, value: number): void {
    const [first] = this.#kernels;
    if (first !== undefined) measurementsOf(first).figures.set(name, value);
  }

  allowLeaks(): void {
    for (const kernel of this.#kernels) allowLeaks(kernel);
  }

  // Only what costs next to nothing is judged here, in every execution; the rest in those that are recorded (src/judges).
  get judges(): Judges {
    const isOn = (name: string): boolean => this.#on === undefined || this.#on.includes(name);
    return (): Verdict | null => {
      for (const check of this.#checks) checkNow(check);
      let verdict: Verdict | null = null;
      for (const kernel of this.#kernels) {
        verdict ??= isOn("use-after-free") ? freedUseVerdict(kernel) : null;
        verdict ??= isOn("leak") ? leakVerdict(kernel) : null;
      }
      return verdict;
    };
  }
}
