// Exploring: execution after execution, until nothing is left or a limit is reached, collecting what was found.

import { InputError } from "#base/assert";
import type { Costs } from "#kernel/costs";
import type { Outcome } from "#kernel/outcome";
import { gravity, type OutcomeKind } from "#kernel/outcome";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { execute, type Execution, type ExecutionOptions, type Program } from "#explore/execution";
import { identityOf } from "#explore/identity";
import { shrink } from "#explore/shrink";
import { makeStrategy, type StrategyOptions } from "#explore/make-strategy";
import { Replay } from "#explore/strategies/replay";
import type { Strategy, StrategyName } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export interface ExploreOptions extends StrategyOptions {
  /** Executions at most, blocked ones included. Default one million. */
  readonly maxExecutions?: number;
  /** Milliseconds at most; needs `now`. */
  readonly maxMilliseconds?: number;
  /** Milliseconds of real time, from whoever may read a clock. */
  readonly now?: () => number;
  /** Stop at the first finding. Default false: go on, and collect every distinct one. */
  readonly stopAtFirst?: boolean;
  /** Make each finding's schedule as small as it can be (src/explore/shrink.ts). Default false. */
  readonly shrink?: boolean;
  /** Called now and then with the state so far. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called after each execution that counts; for tests that collect end states. */
  readonly onExecution?: (execution: Execution) => void;
  readonly simulation?: Partial<SimulationOptions>;
  readonly costs?: Costs;
}

export interface Progress {
  readonly executions: number;
  readonly blocked: number;
  readonly findings: number;
}

/** One distinct failure. */
export interface ExploredFinding {
  readonly outcome: Outcome;
  readonly choices: readonly Choice[];
  readonly marks: readonly number[];
  /** The execution that found it first, counted from 1, and how many ended so. */
  readonly firstExecution: number;
  executions: number;
  /** Switches away from a thread that could have gone on. */
  readonly preemptions: number;
  /** Whether no schedule with fewer preemptions fails in this way; known only after shrinking. */
  readonly provedLeast: boolean;
  readonly steps: number;
}

/** Which limit ended a search that was not exhausted. */
export type Bound = "executions" | "seconds" | "preemptions" | "delays" | "first-finding" | "steps";

export interface ExploreResult {
  readonly strategy: StrategyName;
  /** The gravest outcome found. */
  readonly outcome: OutcomeKind;
  /** Complete executions: with sleep sets, one for each trace. */
  readonly executions: number;
  /** Executions cut short because an equivalent one was explored. */
  readonly blocked: number;
  /** All steps of complete executions. */
  readonly steps: number;
  /** The first complete execution that failed, counted from 1; null when none did. */
  readonly firstFailure: number | null;
  readonly exhausted: boolean;
  readonly bound: Bound | null;
  readonly findings: readonly ExploredFinding[];
  /** Milliseconds of real time; 0 without a clock. */
  readonly milliseconds: number;
}

const EXECUTIONS_MOST = 1_000_000;
const PROGRESS_EVERY = 512;

/** Explores `program` in adversarial time. */
export function explore(program: Program, options: ExploreOptions = {}): ExploreResult {
  return new Explorer(program, options).run();
}

class Explorer {
  readonly #program: Program;
  readonly #options: ExploreOptions;
  readonly #findings = new Map<string, ExploredFinding>();
  #execution: ExecutionOptions;
  #strategy: Strategy;
  #executions = 0;
  #steps = 0;
  #firstFailure: number | null = null;
  #outOfSteps = false;
  #bound: Bound | null = null;
  #exhausted = false;

  constructor(program: Program, options: ExploreOptions) {
    this.#program = program;
    this.#options = options;
    this.#execution = { time: "adversarial", simulation: { ...DEFAULT_OPTIONS, ...options.simulation } };
    this.#strategy = makeStrategy(options);
  }

  run(): ExploreResult {
    const now = this.#options.now ?? ((): number => 0);
    const began = now();
    const executionsMost = this.#options.maxExecutions ?? EXECUTIONS_MOST;
    const until = began + (this.#options.maxMilliseconds ?? Number.POSITIVE_INFINITY);
    for (let count = 1; ; count++) {
      if (!this.#strategy.begin()) {
        this.#end();
        break;
      }
      if (count > executionsMost) this.#bound = "executions";
      else if ((count & 15) === 0 && now() >= until) this.#bound = "seconds";
      else if (this.#one()) count = 0;
      if (this.#bound !== null) break;
      if (count % PROGRESS_EVERY === 0) this.#options.onProgress?.(this.#progress());
    }
    return this.#result(now() - began);
  }

  // One execution. True when the exploration starts again, because an object needs its unlocks as points.
  #one(): boolean {
    const execution = execute(this.#program, this.#strategy, this.#execution);
    const { simulation, outcome } = execution;
    if (simulation.newMarks !== null) {
      this.#mark(simulation.newMarks);
      if (this.#strategy.complete) {
        this.#startAgain();
        return true;
      }
    }
    if (simulation.wasCut) return false;
    this.#executions++;
    this.#steps += execution.steps;
    this.#options.onExecution?.(execution);
    if (outcome.kind !== "finished") this.#found(execution);
    return false;
  }

  #found(execution: Execution): void {
    const { outcome } = execution;
    this.#firstFailure ??= this.#executions;
    if (outcome.kind === "out-of-steps") this.#outOfSteps = true;
    const identity = identityOf(outcome);
    const known = this.#findings.get(identity);
    if (known !== undefined) known.executions++;
    else this.#findings.set(identity, this.#confirmed(execution));
    if (this.#options.stopAtFirst === true) this.#bound = "first-finding";
  }

  // A finding is run once more and must end alike: a scenario that is not deterministic is told so.
  #confirmed(execution: Execution): ExploredFinding {
    const choices = this.#strategy.choices();
    const marks = [...execution.simulation.options.marks];
    const replay = new Replay(choices);
    const again = execute(this.#program, replay, { ...this.#execution, simulation: execution.simulation.options });
    const same = replay.divergence === null && identityOf(again.outcome) === identityOf(execution.outcome);
    if (!same) throw notDeterministic(replay, execution.outcome, again.outcome);
    return {
      outcome: execution.outcome,
      choices,
      marks,
      firstExecution: this.#executions,
      executions: 1,
      preemptions: replay.preemptions,
      provedLeast: false,
      steps: execution.steps,
    };
  }

  #shrunk(identity: string, finding: ExploredFinding): ExploredFinding {
    if (this.#options.shrink !== true || finding.outcome.kind === "out-of-steps") return finding;
    const simulation = { ...(this.#execution.simulation ?? DEFAULT_OPTIONS), marks: new Set(finding.marks) };
    const options = { ...this.#execution, simulation };
    const { choices, preemptions, provedLeast } = shrink(this.#program, finding.choices, identity, options);
    const again = execute(this.#program, new Replay(choices), options);
    return { ...finding, choices, preemptions, provedLeast, outcome: again.outcome, steps: again.steps };
  }

  #mark(newMarks: ReadonlySet<number>): void {
    const simulation = this.#execution.simulation ?? DEFAULT_OPTIONS;
    const marks = new Set([...simulation.marks, ...newMarks]);
    this.#execution = { ...this.#execution, simulation: { ...simulation, marks } };
  }

  #startAgain(): void {
    this.#strategy = makeStrategy(this.#options);
    this.#findings.clear();
    this.#executions = 0;
    this.#steps = 0;
    this.#firstFailure = null;
    this.#outOfSteps = false;
  }

  #end(): void {
    if (this.#strategy.bounded) this.#bound = this.#options.preemptions === undefined ? "delays" : "preemptions";
    else if (this.#outOfSteps) this.#bound = "steps";
    else this.#exhausted = this.#strategy.complete;
  }

  #progress(): Progress {
    return { executions: this.#executions, blocked: this.#strategy.blocked, findings: this.#findings.size };
  }

  #result(milliseconds: number): ExploreResult {
    const shrunk = [...this.#findings].map(([identity, finding]) => this.#shrunk(identity, finding));
    const findings = shrunk.sort(
      (a, b) => gravity(a.outcome.kind) - gravity(b.outcome.kind) || a.firstExecution - b.firstExecution,
    );
    return {
      strategy: this.#strategy.name,
      outcome: findings[0]?.outcome.kind ?? "finished",
      executions: this.#executions,
      blocked: this.#strategy.blocked,
      steps: this.#steps,
      firstFailure: this.#firstFailure,
      exhausted: this.#exhausted,
      bound: this.#bound,
      findings,
      milliseconds,
    };
  }
}

/** The program did something else when it was given the same choices again. */
export class NotDeterministic extends InputError {
  override name = "NotDeterministic";
}

function notDeterministic(replay: Replay, first: Outcome, second: Outcome): NotDeterministic {
  const difference = replay.divergence;
  const where =
    difference === null
      ? `it first ended as "${first.kind}: ${first.message}", then as "${second.kind}: ${second.message}"`
      : `at choice ${difference.choice} there were ${difference.expected ?? "no"} alternatives, then ${difference.found ?? "no"}`;
  return new NotDeterministic(
    `the scenario is not deterministic: given the same choices again, ${where}. State outside the simulation, kept from one execution to the next, is the usual cause`,
  );
}
