// One search: execution after execution, until nothing is left or a limit is reached, collecting what is found. It can pause between
// two executions, be put aside as plain JSON (its standing), be taken up again, and, in a tree of executions, give parts away.

import { assert } from "#base/assert";
import { letGo } from "#kernel/let-go";
import { gravity } from "#kernel/outcome";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { isSample, RepeatCheck, strayed } from "#explore/confirm";
import { execute, type Execution, type ExecutionOptions, type Program } from "#explore/execution";
import type { Bound, ExploredFinding, ExploreOptions, ExploreResult, Progress } from "#explore/explorer";
import { CountedLoops } from "#explore/counted-loops";
import { identityOf } from "#explore/identity";
import { leftOutWith, NOTHING_LEFT_OUT } from "#explore/left-out";
import { makeStrategy, strategyName } from "#explore/make-strategy";
import { shrink, SHRINKING_LEAST, SHRUNK_MOST } from "#explore/shrink";
import type { Beginning, Standing } from "#explore/standing";
import { Replay } from "#explore/strategies/replay";
import { isDividing, isGiving, walksTree, type GivenPart, type Strategy, type Subtree } from "#explore/strategy";

/** Executions at most, when nobody says how many. */
export const EXECUTIONS_MOST = 1_000_000;
const PROGRESS_EVERY = 512;

/** A search of a program's schedules. */
export class Search {
  readonly #program: Program;
  readonly #options: ExploreOptions;
  readonly #isPart: boolean;
  readonly #findings = new Map<string, ExploredFinding>();
  readonly #check: RepeatCheck;
  readonly #loops: CountedLoops;
  #execution: ExecutionOptions;
  #strategy: Strategy;
  #executions = 0;
  #repeated = 0;
  #steps = 0;
  #firstFailure: number | null = null;
  #outOfSteps = false;
  #bound: Bound | null = null;
  #exhausted = false;
  /** Executions so far that count for the limit; cut and repeated ones do. */
  #count = 0;
  #milliseconds = 0;
  #wasMarked = false;
  #leftOut = NOTHING_LEFT_OUT;
  /** Executions cut short in what was put aside. */
  #blockedBefore = 0;
  /** The strategy's checkpoint from before it was asked for more than the limit allows. */
  #atLimit: unknown;

  constructor(program: Program, options: ExploreOptions, { origin, isPart, standing }: Beginning = {}) {
    this.#program = program;
    this.#options = options;
    this.#check = new RepeatCheck(program);
    this.#loops = new CountedLoops(program);
    this.#isPart = isPart ?? false;
    this.#execution = { time: "adversarial", simulation: { ...DEFAULT_OPTIONS, ...options.simulation } };
    const put = standing?.strategy === undefined ? origin : { checkpoint: standing.strategy };
    this.#strategy = this.#newStrategy(put);
    if (standing !== undefined) this.#takeUp(standing);
  }

  /** Whether an object turned out to need marks that this part of a search did not have. */
  get wasMarked(): boolean {
    return this.#wasMarked;
  }

  /** How much of the tree is explored, 0 to 1; null for a strategy that does not know. */
  get fraction(): number | null {
    return walksTree(this.#strategy) ? this.#strategy.fraction : null;
  }

  /**
   * Goes on until nothing is left or a limit is reached, or until `pause`, which is asked before each execution, says so.
   * True when it is over.
   */
  advance(pause: () => boolean = () => false): boolean {
    const now = this.#options.now ?? ((): number => 0);
    const began = now();
    const until = began + (this.#options.maxMilliseconds ?? Number.POSITIVE_INFINITY) - this.#milliseconds;
    if (!this.#isPart && !this.#isOver) this.#check.begin(this.#execution);
    while (!this.#isOver && !pause()) {
      if ((this.#count & 15) === 15 && now() >= until) this.#bound = "seconds";
      else if (this.#begins()) this.#one();
      if (this.#count % PROGRESS_EVERY === 0) this.#options.onProgress?.(this.progress());
    }
    this.#milliseconds += now() - began;
    return this.#isOver;
  }

  /**
   * Gives away what is left below so many questions, as parts of the tree; nothing is left then, unless new marks came up.
   * What is above ends in parts as well.
   */
  divide(depth = 0): readonly Subtree[] {
    const strategy = this.#strategy;
    assert(isDividing(strategy) && !this.#isOver, "only a walk through the tree that is not over is divided");
    strategy.divide(depth);
    while (!this.#wasMarked && strategy.begin()) this.#one();
    return strategy.subtrees;
  }

  /** Whether it has something that others can go on with. */
  get canDivide(): boolean {
    return isGiving(this.#strategy) ? this.#strategy.canGive : isDividing(this.#strategy);
  }

  /** Gives away some of what is left, where only races tell what that is; null for other strategies, which divide. */
  give(): GivenPart | null {
    return isGiving(this.#strategy) ? this.#strategy.give() : null;
  }

  /** @param bound why it stands here, when nothing of its own ended it */
  standing(bound: Bound | null = this.#bound): Standing {
    return {
      strategy: this.#atLimit ?? this.#strategy.checkpoint?.(),
      marks: [...(this.#execution.simulation?.marks ?? [])],
      count: this.#count,
      executions: this.#executions,
      repeated: this.#repeated,
      blocked: this.#blocked,
      steps: this.#steps,
      firstFailure: this.#firstFailure,
      exhausted: this.#exhausted,
      ...this.#leftOut,
      bound,
      findings: [...this.#findings.values()],
      milliseconds: this.#milliseconds,
    };
  }

  get #isOver(): boolean {
    return this.#bound !== null || this.#exhausted || this.#wasMarked;
  }

  get #blocked(): number {
    return this.#blockedBefore + this.#strategy.blocked;
  }

  #takeUp(standing: Standing): void {
    for (const finding of standing.findings) this.#findings.set(identityOf(finding.outcome), { ...finding });
    this.#mark(new Set(standing.marks));
    this.#count = standing.count;
    this.#executions = standing.executions;
    this.#repeated = standing.repeated;
    this.#steps = standing.steps;
    this.#firstFailure = standing.firstFailure;
    this.#outOfSteps = standing.findings.some(({ outcome }) => outcome.kind === "out-of-steps");
    this.#exhausted = standing.exhausted;
    this.#leftOut = { heldUp: standing.heldUp, nestedOnly: standing.nestedOnly };
    this.#bound = standing.bound;
    this.#milliseconds = standing.milliseconds;
    this.#blockedBefore = standing.blocked - this.#strategy.blocked;
  }

  #newStrategy(origin?: Beginning["origin"]): Strategy {
    const {
      maxExecutions = EXECUTIONS_MOST,
      maxMilliseconds = Number.POSITIVE_INFINITY,
      now = () => 0,
    } = this.#options;
    return makeStrategy(this.#options, { executions: maxExecutions, milliseconds: maxMilliseconds, now }, origin);
  }

  // Whether there is another execution, and it is within the limit.
  #begins(): boolean {
    const isAtLimit = this.#count >= (this.#options.maxExecutions ?? EXECUTIONS_MOST);
    const checkpoint = isAtLimit ? structuredClone(this.#strategy.checkpoint?.()) : undefined;
    if (!this.#strategy.begin()) {
      this.#end();
      return false;
    }
    if (!isAtLimit) return true;
    this.#atLimit = checkpoint;
    this.#bound = "executions";
    return false;
  }

  // One execution. The search starts again when an object turns out to need its unlocks as points, or a loop to count. Drawing
  // lots goes on, but an execution that had too few points does not count.
  #one(): void {
    const execution = execute(this.#program, this.#strategy, this.#execution, this.#options.recorder ?? null);
    this.#take(execution);
    if (this.#options.onExecution === undefined) letGo(execution.simulation);
  }

  #take(execution: Execution): void {
    const { simulation } = execution;
    if (this.#strategy.strayed === true) throw strayed();
    if (simulation.newMarks === null) this.#enter(execution);
    if (this.#bound === null) this.#loops.mark(simulation, this.#strategy, this.#execution);
    if (simulation.newMarks === null) return;
    this.#mark(simulation.newMarks);
    if (this.#isPart) this.#wasMarked = true;
    else if (this.#strategy.complete) this.#startAgain();
  }

  #enter(execution: Execution): void {
    const { simulation, outcome } = execution;
    this.#count++;
    if (simulation.wasCut) return;
    if (this.#strategy.repeats === true && (outcome.kind === "finished" || this.#findings.has(identityOf(outcome)))) {
      this.#repeated++;
      return;
    }
    this.#executions++;
    this.#leftOut = leftOutWith(this.#leftOut, simulation);
    this.#steps += execution.steps;
    this.#options.onExecution?.(execution);
    if (outcome.kind !== "finished") this.#found(execution);
    else if (isSample(this.#executions, this.#isPart)) this.#check.again(execution, this.#strategy.choices());
  }

  #found(execution: Execution): void {
    const { outcome } = execution;
    this.#firstFailure ??= this.#executions;
    if (outcome.kind === "out-of-steps") this.#outOfSteps = true;
    const identity = identityOf(outcome);
    this.#strategy.found?.(identity);
    const known = this.#findings.get(identity);
    if (known !== undefined) known.executions++;
    else {
      const finding = this.#check.confirmed(execution, this.#strategy);
      const provedLeast = this.#strategy.isLeast === true && !this.#outOfSteps;
      this.#findings.set(identity, { ...finding, firstExecution: this.#executions, executions: 1, provedLeast });
    }
    if (this.#options.stopAtFirst === true) this.#bound = "first-finding";
  }

  #shrunk(identity: string, finding: ExploredFinding): ExploredFinding {
    if (this.#options.shrink !== true || finding.outcome.kind === "out-of-steps") return finding;
    const simulation = { ...(this.#execution.simulation ?? DEFAULT_OPTIONS), marks: new Set(finding.marks) };
    const options = { ...this.#execution, simulation };
    const most = Math.max(SHRINKING_LEAST, Math.ceil((this.#executions + this.#blocked) / this.#findings.size));
    const shrunk = shrink(this.#program, finding.choices, identity, options, most);
    const { choices, preemptions } = shrunk;
    // What was met at the least bound that has it needs no further proof.
    const provedLeast = shrunk.provedLeast || (finding.provedLeast && preemptions === finding.preemptions);
    const again = execute(this.#program, new Replay(choices), options);
    return { ...finding, choices, preemptions, provedLeast, outcome: again.outcome, steps: again.steps };
  }

  #mark(newMarks: ReadonlySet<number>): void {
    const simulation = this.#execution.simulation ?? DEFAULT_OPTIONS;
    const marks = new Set([...simulation.marks, ...newMarks]);
    this.#execution = { ...this.#execution, simulation: { ...simulation, marks } };
  }

  #startAgain(): void {
    this.#strategy = this.#newStrategy();
    this.#count = 0;
    this.#blockedBefore = 0;
    this.#findings.clear();
    this.#executions = 0;
    this.#repeated = 0;
    this.#steps = 0;
    this.#firstFailure = null;
    this.#outOfSteps = false;
    this.#leftOut = NOTHING_LEFT_OUT;
  }

  #end(): void {
    if (this.#outOfSteps) this.#bound = "steps";
    else if (this.#strategy.bounded) this.#bound = this.#options.preemptions === undefined ? "delays" : "preemptions";
    else this.#exhausted = this.#strategy.complete;
    if (this.#strategy.complete) this.#check.end();
  }

  progress(): Progress {
    return { executions: this.#executions, blocked: this.#blocked, findings: this.#findings.size };
  }

  result(): ExploreResult {
    const findings = [...this.#findings]
      .sort(([, a], [, b]) => gravity(a.outcome.kind) - gravity(b.outcome.kind) || a.firstExecution - b.firstExecution)
      .map(([identity, finding], place) => (place < SHRUNK_MOST ? this.#shrunk(identity, finding) : finding));
    return {
      strategy: strategyName(this.#options),
      outcome: findings[0]?.outcome.kind ?? "finished",
      executions: this.#executions,
      blocked: this.#blocked,
      repeated: this.#repeated,
      steps: this.#steps,
      firstFailure: this.#firstFailure,
      exhausted: this.#exhausted,
      ...this.#leftOut,
      bound: this.#bound,
      // What was cut off for its length was not covered.
      within: this.#outOfSteps ? null : (this.#strategy.within ?? null),
      guarantee: this.#strategy.guarantee ?? null,
      parts: this.#strategy.parts ?? [],
      findings,
      milliseconds: this.#milliseconds,
    };
  }
}
