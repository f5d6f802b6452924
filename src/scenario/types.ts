// What a scenario is: who is there, what they do, and what must be true on every schedule.

import type { Driver } from "#driver";
import type { Costs } from "#kernel/costs";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { OutcomeKind } from "#kernel/outcome";
import type { SimulationOptions } from "#kernel/options";
import type { Host } from "#system";
import type { HostOptions, LinkDefinition, World } from "#world/world";

/** A parameter that a scenario declares; `--param NAME=VALUE` sets it. */
export interface Parameter {
  readonly default: number | string | boolean;
  readonly about: string;
  /** For a number that must be whole: from `least` (default 0) to `most` (default a million). */
  readonly least?: number;
  readonly most?: number;
  /** For a text: the words that it may be. */
  readonly oneOf?: readonly string[];
}

/** Parameters by their names. */
export type DeclaredParameters = Readonly<Record<string, Parameter>>;

export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

/** What declared parameters hold: what their defaults are, a number, a text or a boolean; or the words of `oneOf`. */
export type ValuesOf<Declared extends DeclaredParameters> = {
  readonly [Name in keyof Declared]: Declared[Name] extends { readonly oneOf: readonly (infer Word)[] }
    ? Word
    : Kind<Declared[Name]["default"]>;
};

// A default of 2 says "a number", not "2".
type Kind<Value> = Value extends number ? number : Value extends string ? string : boolean;

/** What `setup` and `run` are given. */
export interface ScenarioContext<Declared extends DeclaredParameters = DeclaredParameters> {
  /** The host, or the first of several: its threads run `setup` and `run`. */
  readonly host: Host;
  /** All hosts, and the links between them: `world.host("client")`. */
  readonly world: World;
  readonly kernel: Kernel;
  readonly judge: Judge;
  readonly parameters: ValuesOf<Declared>;
  /**
   * A value in 0 .. count-1: each of them is explored, wherever this is asked; `why` stands in the trace. Drivers ask
   * `kernel.simulation.choose`. It belongs to the running step; in the set-up and in a plain run it is 0.
   * @throws UsageError when `count` is no whole number of at least 1
   */
  choose(this: void, count: number, why: string): number;
}

/** Says what must be true. */
export interface Judge {
  /** Called when the execution has finished; what it throws makes the outcome an assertion. */
  atEnd(check: () => void): void;
  /** A number that the run shows, for whoever asks for it by name; the last one counts. `--json` prints it. */
  figure(name: string, value: number): void;
  /** Blocks, descriptors and buffers that may still be there at the end are no leak. */
  allowLeaks(): void;
}

/** The outcomes that a scenario is meant to have. */
export interface Expectation {
  readonly run: OutcomeKind;
  readonly explore: OutcomeKind;
}

/** Hosts by name, in the order in which they are booted. */
export type Hosts = Readonly<Record<string, HostOptions>>;

/** How far `lockstep explore` goes when nobody says; for scenarios that are too large to be exhausted. */
export interface OwnBounds {
  /** Default: "random". */
  readonly strategy?: "random" | "pct" | "pos" | "surw" | "auto";
  readonly maxExecutions: number;
}

export interface ScenarioDefinition<
  State extends object = object,
  Declared extends DeclaredParameters = DeclaredParameters,
> {
  /** One sentence: what this shows. */
  readonly about?: string;
  readonly drivers?: readonly Driver[];
  /**
   * Several hosts, by name; what one does not say (drivers, cpus, era ...) it has from the scenario. Default: one. A
   * function when parameters say so.
   */
  readonly hosts?: Hosts | ((parameters: ParameterValues) => Hosts);
  /** What joins the hosts. */
  readonly links?: readonly LinkDefinition[];
  readonly parameters?: Declared;
  readonly expect?: Expectation;
  /** The scenario's own bounds: its strategy when the options of `explore` name none, and how far when they do not say that either. */
  readonly bounds?: OwnBounds;
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  readonly heap?: "faithful" | "guarded";
  /** Whose texts and effects: the kernel of August 2023 (default), or today's. */
  readonly era?: "aug23" | "head";
  readonly costs?: Costs;
  /**
   * How the explored universe behaves, where that is not as usual, as plain data: `wakeups: "any"` (a notify, a release takes
   * any waiter), `spuriousWakeups: n`, `allocationFailures: n` (at most so many in one execution), `freeRounds: n` (of a loop that spins), `maxSteps`.
   * A function when parameters say so.
   */
  readonly simulation?: Partial<SimulationOptions> | ((parameters: ParameterValues) => Partial<SimulationOptions>);
  /** Steps that a plain run takes at most, where that is more than `simulation.maxSteps`: a long story is explored in short. */
  readonly runSteps?: number | ((parameters: ParameterValues) => number);
  /** Not explored: runs under Haiku's scheduler until it has returned and nobody can run. Gives `run` its state. */
  setup?(context: ScenarioContext<Declared>): Steps<State>;
  /** Explored: the body of the thread "main"; it may spawn others, before or after operations of its own. */
  run(context: ScenarioContext<Declared> & State): Steps<void>;
}

/** A named scenario. */
export interface Scenario {
  readonly name: string;
  // The state's type is between setup and run; nobody else sees it.
  readonly definition: ScenarioDefinition;
}

/** Declares a scenario: `export default scenario("close wakes the reader", { ... })`. */
export function scenario<State extends object = object, const Declared extends DeclaredParameters = DeclaredParameters>(
  name: string,
  definition: ScenarioDefinition<State, Declared>,
): Scenario {
  return { name, definition: definition as unknown as ScenarioDefinition };
}
