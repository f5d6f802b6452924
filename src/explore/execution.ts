// One execution: a new universe, the program in it, and how it ended.

import { SimulatorBug, UsageError } from "#base/assert";
import { thrownMessage, thrownStack } from "#base/thrown";
import { Adversary } from "#kernel/adversary";
import type { Chooser } from "#kernel/chooser";
import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { Simulation } from "#kernel/simulation";
import type { Recorder } from "#trace/recorder";

/** What a judge says of the end of an execution that finished. */
export interface Verdict {
  readonly kind: OutcomeKind;
  readonly message: string;
}

/** Looks at a finished execution; what it throws is an assertion. */
export type Judges = (simulation: Simulation) => Verdict | null | void;

/** All that the explorer knows of what it explores: builds a universe, says how to judge its end. */
export type Program = (simulation: Simulation) => Judges | void;

export interface ExecutionOptions {
  readonly time: "adversarial" | "measured";
  readonly simulation?: SimulationOptions;
  /** For measured time. */
  readonly costs?: Costs;
}

/** The end of one execution, and its universe for whoever wants to look at it. */
export interface Execution {
  readonly outcome: Outcome;
  readonly simulation: Simulation;
  /** Steps of the explored part. */
  readonly steps: number;
}

/** Runs `program` once, with `chooser` answering every question. */
export function execute(
  program: Program,
  chooser: Chooser,
  options: ExecutionOptions,
  recorder: Recorder | null = null,
): Execution {
  const costs = options.costs ?? DEFAULT_COSTS;
  const simulation = new Simulation(
    options.time === "adversarial" ? newAdversary : (made) => new HaikuScheduler(made, costs),
    chooser,
    options.simulation ?? DEFAULT_OPTIONS,
    recorder,
  );
  const judges = build(program, simulation);
  simulation.run();
  recorder?.ended(simulation.threads);
  chooser.ended?.(simulation);
  let outcome = simulation.outcome;
  if (outcome.kind === "finished" && judges !== undefined && !simulation.wasCut)
    outcome = judge(judges, simulation, outcome);
  return { outcome, simulation, steps: simulation.steps - simulation.setupSteps };
}

// A panic while the universe is built is an outcome like any other. Whatever else is thrown there is no execution's.
function build(program: Program, simulation: Simulation): Judges | void {
  try {
    const judges: unknown = program(simulation);
    if (judges === undefined || typeof judges === "function") return judges as Judges | void;
    throw new UsageError(`a program returns nothing, or a function that judges the end, not ${String(judges)}`);
  } catch (error) {
    if (!simulation.failed) throw error;
  }
}

const newAdversary = (simulation: Simulation): Adversary => new Adversary(simulation);

function judge(judges: Judges, simulation: Simulation, finished: Outcome): Outcome {
  try {
    const verdict = judges(simulation);
    if (verdict === undefined || verdict === null) return finished;
    return { ...finished, kind: verdict.kind, message: verdict.message };
  } catch (error) {
    if (error instanceof SimulatorBug) throw error;
    const assertion = {
      ...finished,
      kind: "assertion",
      message: thrownMessage(error),
      stack: thrownStack(error),
    } as const;
    return error instanceof UsageError ? { ...assertion, isMisuse: true } : assertion;
  }
}
