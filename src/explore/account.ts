// An exact account of one execution: every event, who could have gone at each point, and what each step touched.
//
// Exploring writes none. Two of the same schedule are made and compared where it has to be known that a program does the
// same again (src/explore/confirm.ts).

import { firstChooser, type Chooser } from "#kernel/chooser";
import type { Codes } from "#kernel/footprint";
import { operationVerb, type OperationKind } from "#kernel/operation";
import type { Outcome } from "#kernel/outcome";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import { execute, type ExecutionOptions, type Program } from "#explore/execution";
import { Replay, type Divergence } from "#explore/strategies/replay";
import type { TraceEvent } from "#trace/event";
import { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

/** After so many events no more are recorded: their stacks would fill the memory. */
const EVENTS_MOST = 6_000;

/** Frames of a stack that are enough to get from an operation to the driver that performs it. */
const FRAMES = 12;

/** A point at which a thread was chosen. */
export interface Point {
  /** The events before it belong to the steps before it. */
  readonly events: number;
  /** What the step that led here touched. */
  readonly touched: Codes;
  /** The names of the threads that could go on. */
  readonly candidates: readonly string[];
  /** The thread that was chosen, and what it was about to do; empty at the end of the execution. */
  readonly thread: string;
  readonly operation: string;
  readonly object: string;
}

/** One execution. */
export interface Account {
  readonly points: readonly Point[];
  /** Of a very long execution only the beginning. */
  readonly events: readonly TraceEvent[];
  readonly outcome: Outcome;
  readonly steps: number;
  readonly preemptions: number;
  /** Where the choices did not fit; null when they did. */
  readonly divergence: Divergence | null;
}

/**
 * Runs `program` once more, by these choices, or, for null, with the first alternative everywhere.
 * @param withPlaces whether the account says where in the code things happened, which takes most of its time
 */
export function accountOf(
  program: Program,
  choices: readonly Choice[] | null,
  options: ExecutionOptions,
  withPlaces: boolean,
): Account {
  const recorder = new Recorder((kind) => operationVerb(kind as OperationKind), withPlaces ? FRAMES : 0);
  const replay = choices === null ? null : new Replay(choices);
  const accountant = new Accountant(replay ?? firstChooser, recorder);
  const execution = execute(program, accountant, options, recorder);
  return {
    points: accountant.points,
    events: recorder.events,
    outcome: execution.outcome,
    steps: execution.steps,
    preemptions: replay?.preemptions ?? 0,
    divergence: replay?.divergence ?? null,
  };
}

/** Notes every point, and lets another chooser choose. */
class Accountant implements Chooser {
  readonly points: Point[] = [];
  readonly #chooser: Chooser;
  readonly #recorder: Recorder;

  constructor(chooser: Chooser, recorder: Recorder) {
    this.#chooser = chooser;
    this.#recorder = recorder;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    if (this.#recorder.events.length > EVENTS_MOST) simulation.recorder = null;
    const touched = this.#touched(simulation);
    const place = this.#chooser.pickThread(candidates, count, carriesOn, simulation);
    const thread = candidates[place];
    this.points.push({
      events: this.#recorder.events.length,
      touched,
      candidates: candidates.slice(0, count).map((each) => each.name),
      thread: thread?.name ?? "",
      operation: thread === undefined ? "" : operationVerb(thread.pendingKind),
      object: thread?.pendingObject?.name ?? "",
    });
    return place;
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    return this.#chooser.pickValue(count, why, simulation);
  }

  ended(simulation: Simulation): void {
    const touched = this.#touched(simulation);
    const events = this.#recorder.events.length;
    this.points.push({ events, touched, candidates: [], thread: "", operation: "", object: "" });
  }

  // Before the first point only the set-up, or nothing, has run.
  #touched(simulation: Simulation): Codes {
    return this.points.length === 0 ? [] : simulation.footprint.take();
  }
}
