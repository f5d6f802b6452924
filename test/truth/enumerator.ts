// Brute force: every interleaving of a program on the simulated kernel, one after the other, and what each was.
//
// The chooser is an odometer: the digits of an execution are its answers, and the last digit that can still be turned
// is turned for the next. It knows nothing of what a step does. Slow, and so simple that it can be trusted.

import { execute, type Execution, type Program } from "#explore/execution";
import { identityOf } from "#explore/identity";
import type { Chooser } from "#kernel/chooser";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { endState } from "./on-kernel/run.js";
import { Recording } from "./record.js";

/** An execution of more steps than this is not looked at: the program may never end. */
const STEPS_MOST = 400;

/** A chooser for one execution after another. */
export interface Series extends Chooser {
  /** Gets ready for the next execution; false when there is none. */
  begin(): boolean;
  /** Whether the execution that has just ended was there before, and counts for nothing. */
  readonly repeats?: boolean;
}

/** One complete execution. */
export interface Seen {
  readonly trace: string;
  /** Whether a failure cut it short: a panic, an assertion, a livelock. A deadlock does not. */
  readonly failed: boolean;
  readonly state: string;
  /** The identity of the failure; null when the execution finished. */
  readonly failure: string | null;
  readonly choices: string;
  readonly preemptions: number;
  readonly delays: number;
}

/** The end of an execution as a text: equal texts are equal end states. */
export type StateOf = (execution: Execution) => string;

/** What one series of executions was. */
export interface Ran {
  readonly executions: readonly Seen[];
  /** Whether any value was chosen inside a step. */
  readonly choseValues: boolean;
  /** Why it was given up; null when the series came to its end. */
  readonly refusal: "too many executions" | "too many steps" | "more marks" | null;
  /** The objects that turned out to need marks in the execution at which it was given up. */
  readonly newMarks: ReadonlySet<number>;
}

/** Every interleaving of a program. */
export interface Truth extends Ran {
  /** The objects that turned out to need marks, with which everything was run. */
  readonly marks: ReadonlySet<number>;
}

class Odometer implements Series {
  readonly #digits: { value: number; count: number }[] = [];
  #place = 0;
  #begun = false;

  begin(): boolean {
    if (this.#begun && !this.#turn()) return false;
    this.#begun = true;
    this.#place = 0;
    return true;
  }

  pickThread(_candidates: unknown, count: number): number {
    return this.pickValue(count);
  }

  pickValue(count: number): number {
    const digit = (this.#digits[this.#place++] ??= { value: 0, count });
    if (digit.count !== count) throw new Error(`there were ${digit.count} alternatives here, now ${count}`);
    return digit.value;
  }

  #turn(): boolean {
    for (let last = this.#digits.at(-1); last !== undefined; last = this.#digits.at(-1)) {
      if (++last.value < last.count) return true;
      this.#digits.pop();
    }
    return false;
  }
}

/**
 * Every interleaving of the program; given up when there are more than `most`.
 * @param known marks that no execution asks for by itself
 */
export function enumerate(
  program: Program,
  options: Partial<SimulationOptions>,
  most: number,
  known: readonly number[] = [],
  stateOf: StateOf = endState,
): Truth {
  let marks: ReadonlySet<number> = new Set(known);
  for (;;) {
    const ran = run(program, new Odometer(), { ...options, marks }, most, stateOf);
    if (ran.refusal !== "more marks") return { ...ran, marks };
    marks = new Set([...marks, ...ran.newMarks]);
  }
}

/** Runs the program once for each execution that `series` begins, `most` at most. */
export function run(
  program: Program,
  series: Series,
  options: Partial<SimulationOptions>,
  most: number,
  stateOf: StateOf = endState,
): Ran {
  const simulation = { ...DEFAULT_OPTIONS, maxSteps: STEPS_MOST, ...options };
  const executions: Seen[] = [];
  let choseValues = false;
  const gaveUp = (refusal: Ran["refusal"], newMarks: ReadonlySet<number> = new Set()): Ran => {
    return { executions, choseValues, refusal, newMarks };
  };
  for (let count = 0; series.begin(); count++) {
    if (count === most) return gaveUp("too many executions");
    const record = new Recording(series);
    const execution = execute(program, record, { time: "adversarial", simulation });
    choseValues ||= record.choseValues;
    if (execution.simulation.newMarks !== null) return gaveUp("more marks", execution.simulation.newMarks);
    if (execution.outcome.kind === "out-of-steps") return gaveUp("too many steps");
    if (!execution.simulation.wasCut && series.repeats !== true) executions.push(seen(execution, record, stateOf));
  }
  return gaveUp(null);
}

function seen(execution: Execution, record: Recording, stateOf: StateOf): Seen {
  const { outcome, simulation } = execution;
  const state = stateOf(execution);
  return {
    trace: record.trace(simulation.failed ? state : null),
    failed: simulation.failed,
    state,
    failure: outcome.kind === "finished" ? null : identityOf(outcome),
    choices: record.choices.join(" "),
    preemptions: record.preemptions,
    delays: record.delays,
  };
}
