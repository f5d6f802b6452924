// What a scenario is: who is there, what they do, and what must be true on every schedule.

import type { Driver } from "#driver";
import type { Costs } from "#kernel/costs";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { OutcomeKind } from "#kernel/outcome";
import type { SimulationOptions } from "#kernel/options";
import type { Host } from "#system";

/** A parameter that a scenario declares; `--param NAME=VALUE` sets it. */
export interface Parameter {
  readonly default: number | string | boolean;
  readonly about: string;
}

export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

/** What `setup` and `run` are given. */
export interface ScenarioContext {
  readonly host: Host;
  readonly kernel: Kernel;
  readonly judge: Judge;
  readonly parameters: ParameterValues;
}

/** Says what must be true. */
export interface Judge {
  /** Called when the execution has finished; what it throws makes the outcome an assertion. */
  atEnd(check: () => void): void;
  /** Blocks, descriptors and buffers that may still be there at the end are no leak. */
  allowLeaks(): void;
}

/** The outcomes that a scenario is meant to have. */
export interface Expectation {
  readonly run: OutcomeKind;
  readonly explore: OutcomeKind;
}

export interface ScenarioDefinition<State extends object = object> {
  /** One sentence: what this shows. */
  readonly about?: string;
  readonly drivers?: readonly Driver[];
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly expect?: Expectation;
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  readonly heap?: "faithful" | "guarded";
  /** Whose texts and effects: the kernel of August 2023 (default), or today's. */
  readonly era?: "aug23" | "head";
  readonly costs?: Costs;
  readonly simulation?: Partial<SimulationOptions>;
  /** Not explored: runs under Haiku's scheduler until it has returned and nobody can run. Gives `run` its state. */
  setup?(context: ScenarioContext): Steps<State>;
  /** Explored: the body of the thread "main"; it may spawn others, before or after operations of its own. */
  run(context: ScenarioContext & State): Steps<void>;
}

/** A named scenario. */
export interface Scenario {
  readonly name: string;
  // The state's type is between setup and run; nobody else sees it.
  readonly definition: ScenarioDefinition;
}

/** Declares a scenario: `export default scenario("close wakes the reader", { ... })`. */
export function scenario<State extends object>(name: string, definition: ScenarioDefinition<State>): Scenario {
  return { name, definition: definition as unknown as ScenarioDefinition };
}
