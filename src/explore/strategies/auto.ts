// Several strategies in turn, for a search that has a budget and no wish to choose.
//
// A quarter of the budget goes to partial-order reduction: if that comes to its end, it is a proof, and all there is to
// do. The next quarter goes to iterative deepening over preemptions, where most bugs are met early (facts: explorer.md, D.1).
// The rest is drawn by lot, in slices that rotate over the sampling strategies, because none of them is best everywhere.
// With a budget in executions the same seed gives the same search; with one in seconds it cannot.

import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";
import type { Guarantee, Part, Strategy, Within } from "#explore/strategy";

/** How much a search may cost. */
export interface Budget {
  readonly executions: number;
  /** Milliseconds of real time; infinity for none. */
  readonly milliseconds: number;
  readonly now: () => number;
}

/** The share of each systematic strategy. */
const SHARE = 1 / 4;
/** Executions that a sampling strategy makes before it is the next one's turn. */
const SLICE_MOST = 100;
/** With a small budget each gets this many turns. */
const TURNS = 8;
/** Executions between two looks at the clock. */
const LOOK_EVERY = 16;

/** How far it has come; plain JSON. */
interface Checkpoint {
  readonly count: number;
  readonly inTurn: number;
  /** Whose turn it is, by its place among all. */
  readonly place: number;
  readonly milliseconds: number;
  readonly hadTooFewPoints: boolean;
  readonly turns: readonly SavedTurn[];
}

interface SavedTurn {
  readonly strategy: unknown;
  readonly executions: number;
  readonly blocked: number;
  readonly findings: readonly string[];
}

/** The checkpoint of the strategy at `place`, in one of all; undefined where there is none. */
export function checkpointAt(place: number, checkpoint: unknown): unknown {
  return (checkpoint as Checkpoint | undefined)?.turns[place]?.strategy;
}

class Turn {
  readonly strategy: Strategy;
  readonly findings: Set<string>;
  executions: number;
  readonly #blockedBefore: number;

  constructor(strategy: Strategy, saved?: SavedTurn) {
    this.strategy = strategy;
    this.findings = new Set(saved?.findings);
    this.executions = saved?.executions ?? 0;
    this.#blockedBefore = (saved?.blocked ?? strategy.blocked) - strategy.blocked;
  }

  get blocked(): number {
    return this.#blockedBefore + this.strategy.blocked;
  }

  get saved(): SavedTurn {
    const { strategy, executions, blocked, findings } = this;
    return { strategy: strategy.checkpoint?.(), executions, blocked, findings: [...findings] };
  }

  get part(): Part {
    const { strategy, executions, blocked, findings } = this;
    const bound = strategy.within === undefined ? null : "preemptions";
    return { strategy: strategy.name, bound, executions, blocked, findings: findings.size };
  }
}

export class Auto implements Strategy {
  readonly name = "auto";
  readonly #budget: Budget;
  readonly #began: number;
  readonly #systematic: readonly Turn[];
  readonly #sampling: readonly Turn[];
  readonly #slice: number;
  #turn: Turn;
  /** Executions of all, cut and repeated ones included, and those of the present turn. */
  #count = 0;
  #inTurn = 0;
  /** Whether new marks came up after the systematic strategies had their turns: what these covered had too few points. */
  #hadTooFewPoints = false;

  /**
   * @param systematic complete strategies, each tried for a share of the budget, in this order
   * @param sampling what rotates over the rest; one at least
   * @param checkpoint where another of the same kind stood; the strategies were made from it (`checkpointAt`)
   */
  constructor(budget: Budget, systematic: readonly Strategy[], sampling: readonly Strategy[], checkpoint?: unknown) {
    const saved = checkpoint as Checkpoint | undefined;
    this.#budget = budget;
    this.#began = budget.now() - (saved?.milliseconds ?? 0);
    this.#systematic = systematic.map((each, place) => new Turn(each, saved?.turns[place]));
    this.#sampling = sampling.map((each, place) => new Turn(each, saved?.turns[systematic.length + place]));
    const rest = budget.executions * (1 - SHARE * systematic.length);
    this.#slice = Math.max(1, Math.min(SLICE_MOST, Math.floor(rest / (sampling.length * TURNS))));
    this.#turn = this.#at(saved?.place ?? 0);
    this.#count = saved?.count ?? 0;
    this.#inTurn = saved?.inTurn ?? 0;
    this.#hadTooFewPoints = saved?.hadTooFewPoints ?? false;
  }

  checkpoint(): Checkpoint {
    const all = this.#all;
    return {
      count: this.#count,
      inTurn: this.#inTurn,
      place: all.indexOf(this.#turn),
      milliseconds: this.#budget.now() - this.#began,
      hadTooFewPoints: this.#hadTooFewPoints,
      turns: all.map((each) => each.saved),
    };
  }

  get complete(): boolean {
    return this.#turn.strategy.complete;
  }

  get bounded(): boolean {
    return this.#turn.strategy.bounded;
  }

  get blocked(): number {
    return this.#all.reduce((sum, turn) => sum + turn.blocked, 0);
  }

  get repeats(): boolean {
    return this.#turn.strategy.repeats ?? false;
  }

  get isLeast(): boolean {
    return this.#turn.strategy.isLeast ?? false;
  }

  get within(): Within | null {
    if (this.#hadTooFewPoints) return null;
    return this.#all.find(({ strategy }) => (strategy.within ?? null) !== null)?.strategy.within ?? null;
  }

  get guarantee(): Guarantee | undefined {
    return this.#all.find((each) => each.executions > 0 && each.strategy.guarantee !== undefined)?.strategy.guarantee;
  }

  get parts(): readonly Part[] {
    return this.#all.map((each) => each.part).filter((part) => part.executions + part.blocked > 0);
  }

  begin(): boolean {
    if (this.#isTurnOver()) this.#next();
    this.#count++;
    this.#inTurn++;
    return this.#turn.strategy.begin();
  }

  knownThread(): number {
    return this.#turn.strategy.knownThread?.() ?? -1;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    return this.#turn.strategy.pickThread(candidates, count, carriesOn, simulation);
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    return this.#turn.strategy.pickValue(count, why, simulation);
  }

  ended(simulation: Simulation): void {
    this.#turn.strategy.ended?.(simulation);
    if (simulation.newMarks !== null) this.#hadTooFewPoints = true;
    else if (!simulation.wasCut && !this.repeats) this.#turn.executions++;
  }

  found(identity: string): void {
    this.#turn.findings.add(identity);
  }

  choices(): Choice[] {
    return this.#turn.strategy.choices();
  }

  get #all(): readonly Turn[] {
    return [...this.#systematic, ...this.#sampling];
  }

  #isTurnOver(): boolean {
    const place = this.#systematic.indexOf(this.#turn);
    if (place < 0) return this.#inTurn >= this.#slice;
    const { executions, milliseconds, now } = this.#budget;
    const share = SHARE * (place + 1);
    if (this.#count >= executions * share) return true;
    return this.#count % LOOK_EVERY === 0 && now() - this.#began >= milliseconds * share;
  }

  #next(): void {
    this.#turn = this.#at(this.#all.indexOf(this.#turn) + 1);
    this.#inTurn = 0;
  }

  #at(place: number): Turn {
    const all = this.#all;
    const turn = all[place] ?? all[this.#systematic.length];
    if (turn === undefined) throw new RangeError("there is no sampling strategy");
    return turn;
  }
}
