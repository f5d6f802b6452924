// Shrinking a finding: the fewest preemptions, then the fewest switches, that still fail in the same way
// (facts: explorer.md, C.11).
//
// First greedily: each preemption is taken back by letting the preempted thread run on, each other switch by
// staying; what still fails alike, and is smaller, is kept. Then upward: all schedules with fewer preemptions
// are searched, depth-first; if that search is exhausted, the number is the least there is.

import { execute, type ExecutionOptions, type Program } from "#explore/execution";
import { identityOf } from "#explore/identity";
import { LenientReplay } from "#explore/lenient";
import { DepthFirst } from "#explore/strategies/dfs";
import { Replay } from "#explore/strategies/replay";
import type { Choice } from "#trace/schedule";

export interface Shrunk {
  readonly choices: readonly Choice[];
  readonly preemptions: number;
  readonly switches: number;
  /** Whether no schedule with fewer preemptions fails in this way. */
  readonly provedLeast: boolean;
  /** Executions that shrinking took. */
  readonly executions: number;
}

/** Executions that greedy shrinking, and the search for fewer preemptions, may take. */
const GREEDY_MOST = 2_000;
const SEARCH_MOST = 5_000;

/** Makes the schedule that `choices` are smaller, as long as it fails with `identity`. */
export function shrink(
  program: Program,
  choices: readonly Choice[],
  identity: string,
  options: ExecutionOptions,
): Shrunk {
  return new Shrinker(program, identity, options).run(choices);
}

/** One execution that fails as it should. */
interface Attempt {
  readonly choices: readonly Choice[];
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: LenientReplay["steps"];
  readonly values: readonly number[];
}

class Shrinker {
  readonly #program: Program;
  readonly #identity: string;
  readonly #options: ExecutionOptions;
  #executions = 0;

  constructor(program: Program, identity: string, options: ExecutionOptions) {
    this.#program = program;
    this.#identity = identity;
    this.#options = options;
  }

  run(choices: readonly Choice[]): Shrunk {
    let best = this.#exactly(choices);
    for (let better: Attempt | null = best; better !== null; better = this.#smaller(best)) best = better;
    const fewer = this.#searchBelow(best.preemptions);
    if (fewer.found !== null) best = fewer.found;
    for (let better: Attempt | null = best; better !== null; better = this.#smaller(best)) best = better;
    return { ...best, provedLeast: fewer.proved, executions: this.#executions };
  }

  // The schedule as it is, told as an order of threads.
  #exactly(choices: readonly Choice[]): Attempt {
    const order: number[] = [];
    const values: number[] = [];
    const replay = new Replay(choices);
    const watching = {
      pickThread: (...asked: Parameters<Replay["pickThread"]>): number => {
        const place = replay.pickThread(...asked);
        order.push(asked[0][place]?.index ?? 0);
        return place;
      },
      pickValue: (...asked: Parameters<Replay["pickValue"]>): number => {
        const value = replay.pickValue(...asked);
        values.push(value);
        return value;
      },
    };
    execute(this.#program, watching, this.#options);
    const attempt = this.#attempt(order, values);
    if (attempt !== null) return attempt;
    return { choices, preemptions: replay.preemptions, switches: 0, steps: [], values };
  }

  // The first way to take something back that still fails alike; null when there is none.
  #smaller(than: Attempt): Attempt | null {
    const order = than.steps.map((step) => step.thread);
    for (let place = 1; place < order.length && this.#executions < GREEDY_MOST; place++) {
      if (order[place] === order[place - 1]) continue;
      const attempt = this.#attempt(runOn(order, place), than.values);
      if (attempt !== null && isLess(attempt, than)) return attempt;
    }
    return null;
  }

  #attempt(order: readonly number[], values: readonly number[]): Attempt | null {
    const replay = new LenientReplay(order, values);
    this.#executions++;
    const { outcome } = execute(this.#program, replay, this.#options);
    if (outcome.kind === "finished" || identityOf(outcome) !== this.#identity) return null;
    return replay;
  }

  #searchBelow(preemptions: number): { found: Attempt | null; proved: boolean } {
    for (let bound = 0; bound < preemptions; bound++) {
      const search = new DepthFirst({ of: "preemptions", most: bound });
      let count = 0;
      for (; search.begin(); count++) {
        if (count >= SEARCH_MOST) return { found: null, proved: false };
        const { outcome } = execute(this.#program, search, this.#options);
        this.#executions++;
        if (outcome.kind !== "finished" && identityOf(outcome) === this.#identity) {
          return { found: this.#exactly(search.choices()), proved: true };
        }
      }
    }
    return { found: null, proved: true };
  }
}

// The thread before `place` runs on: its next steps are moved up to there.
function runOn(order: readonly number[], place: number): number[] {
  const thread = order[place - 1];
  const next = order.indexOf(thread ?? -1, place);
  if (next < 0) return [...order.slice(0, place), ...order.slice(place + 1)];
  let end = next;
  while (order[end] === thread) end++;
  return [...order.slice(0, place), ...order.slice(next, end), ...order.slice(place, next), ...order.slice(end)];
}

function isLess(a: Attempt, b: Attempt): boolean {
  return a.preemptions < b.preemptions || (a.preemptions === b.preemptions && a.switches < b.switches);
}
