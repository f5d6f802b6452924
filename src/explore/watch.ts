// One schedule, run again with the recorder on: how a finding, or any single execution, is looked at.
//
// Exploring records nothing; whoever wants to see what happened runs the schedule once more, which costs one
// execution and gives the same one, or says where it is another.

import { firstChooser } from "#kernel/chooser";
import type { Costs } from "#kernel/costs";
import { operationVerb, type OperationKind } from "#kernel/operation";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { execute, type Execution, type Program } from "#explore/execution";
import { checkUse } from "#explore/misuse";
import { checkProgram } from "#explore/program";
import { timed } from "#explore/punctual";
import { Replay, type Divergence } from "#explore/strategies/replay";
import type { TraceEvent } from "#trace/event";
import type { PendingThread } from "#trace/facts";
import { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

export interface WatchOptions {
  /** In measured time Haiku's scheduler decides, and `choices` has no meaning. */
  readonly time: "adversarial" | "measured";
  readonly choices?: readonly Choice[];
  readonly marks?: readonly number[];
  readonly simulation?: Partial<SimulationOptions>;
  /** For measured time. */
  readonly costs?: Costs;
  /** Whether events come with stacks, which is most of what recording costs. Default true. */
  readonly stacks?: boolean;
  /**
   * After so many steps the stacks of what a step only does on its way (plain accesses, locks had and given back, blocks made,
   * hooks begun) are not taken: the execution is run once more when somebody looks at one. Default: they are all taken.
   */
  readonly asideSteps?: number;
  /** Whether all stacks will be read. Default false. */
  readonly readsStacks?: boolean;
  /** Whether a trace too long to be judged is left unfinished, but for what is printed. Default false. */
  readonly isBrief?: boolean;
  /** Called at each step, before it takes effect: for whoever looks at the live simulation. */
  readonly onStep?: (thread: PendingThread) => void;
}

/** An execution with its trace. */
export interface Watched {
  readonly execution: Execution;
  readonly events: readonly TraceEvent[];
  /** Where the choices stopped fitting the program; null when they fit. */
  readonly divergence: Divergence | null;
  /** Switches away from a thread that could have gone on. */
  readonly preemptions: number;
}

/**
 * Runs `program` once, by the given choices, and records what happens.
 * @throws UsageError when it is no program, or misuses the library
 */
export function watch(program: Program, options: WatchOptions): Watched {
  checkProgram("watch", program);
  const recorder = recorderOf(options);
  const replay = options.time === "adversarial" ? new Replay(options.choices ?? []) : null;
  const execution = execute(
    program,
    replay ?? firstChooser,
    {
      time: options.time,
      simulation: { ...DEFAULT_OPTIONS, ...options.simulation, marks: new Set(options.marks ?? []) },
      ...(options.costs === undefined ? {} : { costs: options.costs }),
    },
    recorder,
  );
  // Where an operation is that nobody awaited is told with stacks only.
  if (execution.outcome.isMisuse === true && options.stacks === false) watch(program, { ...options, stacks: true });
  checkUse(execution.outcome, recorder.events);
  const { asideSteps, onStep: _, ...rest } = options;
  if (asideSteps !== undefined && execution.simulation.steps > asideSteps) {
    let again: readonly TraceEvent[] | null = null;
    recorder.lookUpAside(({ index }) => (again ??= watch(program, rest).events)[index]?.frames ?? []);
  }
  return {
    // Who looks at each step is no part of the program, and looks at this execution alone.
    execution: options.onStep === undefined ? timed(program, execution, hasExpired(recorder.events)) : execution,
    events: recorder.events,
    divergence: replay?.divergence ?? null,
    preemptions: replay?.preemptions ?? 0,
  };
}

/** Whether a sleep or a timed wait has ended by itself, since exploring began. */
export function hasExpired(events: readonly TraceEvent[]): boolean {
  return events.some(({ kind, inSetup }) => kind === "expired" && !inSetup);
}

function recorderOf({ stacks, isBrief, onStep, asideSteps, readsStacks }: WatchOptions): Recorder {
  const depth = stacks === false ? 0 : undefined;
  const recorder = new Recorder((kind) => operationVerb(kind as OperationKind), depth, isBrief);
  recorder.onStep = onStep ?? null;
  if (readsStacks === true) recorder.reads = "all";
  if (asideSteps !== undefined) {
    recorder.asideSteps = asideSteps;
    recorder.reads = "steps";
  }
  return recorder;
}
