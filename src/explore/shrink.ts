// Shrinking a finding: the fewest preemptions, then the fewest switches, then only the threads and steps in the failure's
// causal past, that still fail in the same way (facts: explorer.md, C.11).
//
// Three things, until none helps any more: the same steps in an order with fewer switches, without those that the failure
// does not depend on (src/explore/slice.ts); whole threads, and stretches of threads, left out or moved together; values
// other than the plain one taken back. Then upward: all schedules with fewer preemptions, then with fewer
// switches, are searched (src/explore/few-switches.ts); if such a search is exhausted, the number is the least there is.
// Every step is an execution that must end with the same identity, and the number of executions is limited.

import { execute, type Execution, type ExecutionOptions, type Program } from "#explore/execution";
import { FewSwitches } from "#explore/few-switches";
import { identityOf } from "#explore/identity";
import { LenientReplay, type Order } from "#explore/lenient";
import { withDropped, withMoved } from "#explore/reorder";
import { Causes } from "#explore/slice";
import { Replay } from "#explore/strategies/replay";
import type { Outcome } from "#kernel/outcome";
import type { Choice } from "#trace/schedule";

/** So many findings are shrunk, the gravest first; the others are told as they were met. */
export const SHRUNK_MOST = 25;
/** Executions that shrinking one finding may take in any case; after a longer search it may take its share of as many. */
export const SHRINKING_LEAST = 600;

export interface Shrunk {
  readonly choices: readonly Choice[];
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: number;
  /** Whether no schedule with fewer preemptions fails in this way. */
  readonly provedLeast: boolean;
  /** Whether no schedule with as few preemptions and fewer switches fails in this way. */
  readonly provedFewestSwitches: boolean;
  /** Executions that shrinking took. */
  readonly executions: number;
}

/** Executions that trying, and each of the two searches, may take. */
const TRIES_MOST = 1_500;
const SEARCH_MOST = 2_000;
/** Longer executions are not reordered: that takes time that grows with their square. */
const REORDERED_STEPS_MOST = 4_000;

/**
 * Makes the schedule that `choices` are smaller, as long as it fails with `identity`.
 * @param most executions at most, besides the limits that there are anyway
 */
export function shrink(
  program: Program,
  choices: readonly Choice[],
  identity: string,
  options: ExecutionOptions,
  most: number = Number.POSITIVE_INFINITY,
): Shrunk {
  return new Shrinker(program, identity, options, most).run(choices);
}

/** One execution that fails as it should. */
interface Attempt extends Order {
  readonly choices: readonly Choice[];
  readonly preemptions: number;
  readonly switches: number;
  /** Values that are not the plain one, 0. */
  readonly surprises: number;
  /** The steps until the failure, or until nothing can keep it away any more. */
  readonly length: number;
  readonly causes: Causes;
  /** The steps that the failure depends on, by their places; all of them happen in every execution that ends so. */
  readonly past: ReadonlySet<number>;
  /** A step ended the execution: what does not come before that step need not happen. */
  readonly endsAtOnce: boolean;
}

class Shrinker {
  readonly #program: Program;
  readonly #identity: string;
  readonly #options: ExecutionOptions;
  /** The orders that were run, as texts: none is run twice. */
  readonly #known = new Set<string>();
  /** Executions for trying, and in all. */
  readonly #triesMost: number;
  readonly #most: number;
  #executions = 0;

  constructor(program: Program, identity: string, options: ExecutionOptions, most: number) {
    // Half of a small number is kept for the searches, which prove.
    this.#triesMost = Math.min(TRIES_MOST, most / 2);
    this.#most = most;
    this.#program = program;
    this.#identity = identity;
    this.#options = options;
  }

  run(choices: readonly Choice[]): Shrunk {
    const exact = this.#exactly(choices);
    if (exact === null) return this.#asItIs(choices);
    let best = this.#smallest(exact);
    const fewer = this.#search(best, 0, best.preemptions - 1);
    if (fewer.found !== null) best = this.#smallest(fewer.found);
    const together = this.#search(best, best.preemptions, best.preemptions);
    if (together.found !== null) best = this.#smallest(together.found);
    return {
      choices: best.choices,
      preemptions: best.preemptions,
      switches: best.switches,
      steps: best.threads.length,
      provedLeast: fewer.proved,
      provedFewestSwitches: fewer.proved && together.proved,
      executions: this.#executions,
    };
  }

  // The schedule as it is, told as an order of threads.
  #exactly(choices: readonly Choice[]): Attempt | null {
    const threads: number[] = [];
    const values = new Map<number, number[]>();
    const replay = new Replay(choices);
    const watching = {
      pickThread: (...asked: Parameters<Replay["pickThread"]>): number => {
        const place = replay.pickThread(...asked);
        threads.push(asked[0][place]?.id ?? 0);
        return place;
      },
      pickValue: (...asked: Parameters<Replay["pickValue"]>): number => {
        const value = replay.pickValue(...asked);
        const thread = asked[2].current?.id ?? 0;
        values.set(thread, [...(values.get(thread) ?? []), value]);
        return value;
      },
    };
    execute(this.#program, watching, this.#options);
    return this.#run({ threads, values });
  }

  // A failure that cannot be told as an order of threads stays as it was found.
  #asItIs(choices: readonly Choice[]): Shrunk {
    const replay = new Replay(choices);
    const { steps } = execute(this.#program, replay, this.#options);
    const { preemptions } = replay;
    const proved = { provedLeast: preemptions === 0, provedFewestSwitches: false };
    return { choices, preemptions, switches: 0, steps, ...proved, executions: this.#executions };
  }

  #smallest(from: Attempt): Attempt {
    let best = from;
    for (;;) {
      const before = best;
      best = this.#reordered(best);
      best = this.#tried(best, withDropped, 1);
      best = this.#tried(best, withMoved, 3);
      best = this.#plainer(best);
      if (best === before) return best;
    }
  }

  // The same trace in another order, or the part of it that matters; equal by construction, and run all the same.
  #reordered(from: Attempt): Attempt {
    const { causes, past } = from;
    if (from.threads.length > REORDERED_STEPS_MOST) return from;
    const all = new Set(from.threads.keys());
    const orders = from.endsAtOnce
      ? [causes.order(past, all), causes.order(past)]
      : [
          causes.order(all),
          causes.order(all, all, causes.order(past, all)),
          causes.order(all, all, causes.order(past)),
        ];
    let best = from;
    for (const order of orders) {
      const attempt = this.#attempt({ threads: causes.threadsOf(order), values: from.values });
      if (attempt !== null && isLess(attempt, best)) best = attempt;
    }
    return best;
  }

  // Goes through the switches once; what is smaller is kept, and the next place is that of the new order.
  #tried(from: Attempt, change: (order: Attempt, place: number, way: number) => Order | null, ways: number): Attempt {
    let best = from;
    for (let place = 0; place < best.threads.length; place++) {
      if (place > 0 && best.threads[place] === best.threads[place - 1]) continue;
      for (let way = 0; way < ways; way++) {
        if (this.#executions >= this.#triesMost) return best;
        const order = change(best, place, way);
        const attempt = order === null ? null : this.#attempt(order);
        if (attempt !== null && isLess(attempt, best)) best = attempt;
      }
    }
    return best;
  }

  // Values that were chosen are made the plain one, where the failure does not need them.
  #plainer(from: Attempt): Attempt {
    let best = from;
    for (const [thread, chosen] of from.values) {
      for (let place = 0; place < chosen.length && this.#executions < this.#triesMost; place++) {
        const own = best.values.get(thread) ?? [];
        if ((own[place] ?? 0) === 0) continue;
        const values = new Map(best.values).set(thread, own.with(place, 0));
        const attempt = this.#attempt({ threads: best.threads, values });
        if (attempt !== null && isLess(attempt, best)) best = attempt;
      }
    }
    return best;
  }

  // Null when it fails otherwise, or was run before: then it is known, and no better than the best.
  #attempt(order: Order): Attempt | null {
    const key = `${order.threads.join()} ${[...order.values].join(";")}`;
    if (this.#known.has(key)) return null;
    this.#known.add(key);
    return this.#run(order);
  }

  #run(order: Order): Attempt | null {
    const replay = new LenientReplay(order);
    this.#executions++;
    const execution = execute(this.#program, replay, this.#options);
    return this.#isSame(execution.outcome) ? asAttempt(replay, execution) : null;
  }

  #isSame(outcome: Outcome): boolean {
    return outcome.kind !== "finished" && identityOf(outcome) === this.#identity;
  }

  // All schedules with `from` to `to` preemptions, those with few switches first, that are less than the best one.
  #search(best: Attempt, from: number, to: number): { found: Attempt | null; proved: boolean } {
    let left = SEARCH_MOST;
    let proved = true;
    for (let preemptions = from; preemptions <= to; preemptions++) {
      const switchesMost = preemptions === best.preemptions ? best.switches - 1 : Number.POSITIVE_INFINITY;
      for (let switches = 0; switches <= switchesMost; switches++) {
        const search = new FewSwitches(preemptions, switches);
        while (search.begin()) {
          if (left-- <= 0 || this.#executions >= this.#most) return { found: null, proved: false };
          this.#executions++;
          const { outcome, simulation } = execute(this.#program, search, this.#options);
          if (simulation.wasCut || !this.#isSame(outcome)) continue;
          const found = this.#exactly(search.choices());
          if (found !== null) return { found, proved };
          proved = false; // it fails with less, and cannot be told as an order of threads
        }
        if (!search.leftSwitchesOut) break;
      }
    }
    return { found: null, proved };
  }
}

function asAttempt(replay: LenientReplay, { outcome, simulation }: Execution): Attempt {
  const { choices, threads, values, preemptions, switches } = replay;
  const causes = new Causes(replay.steps);
  const endsAtOnce = simulation.failed && outcome.kind !== "livelock";
  const roots = endsAtOnce ? [threads.length - 1] : rootsOf(outcome, causes, simulation.threads);
  const past = causes.pastOf(roots);
  const surprises = [...values.values()].flat().filter((value) => value !== 0).length;
  const length = endsAtOnce ? threads.length : Math.max(0, ...past) + 1;
  return { choices, threads, values, preemptions, switches, surprises, length, causes, past, endsAtOnce };
}

/** What a failure at the end of an execution depends on: those who wait, or, for a judge, all who are no daemon. */
function rootsOf(outcome: Outcome, causes: Causes, threads: readonly { id: number; daemon: boolean }[]): number[] {
  if (outcome.kind !== "deadlock" && outcome.kind !== "livelock") {
    return causes.lastSteps(threads.filter((thread) => !thread.daemon).map((thread) => thread.id));
  }
  const involved = new Set(outcome.waiting.filter((each) => !each.daemon));
  for (const { holder } of involved) {
    for (const each of outcome.waiting) if (each.thread === holder) involved.add(each);
  }
  return causes.rootsOfWaiting([...involved].map(({ id, objectNumber }) => ({ thread: id, object: objectNumber })));
}

function isLess(a: Attempt, b: Attempt): boolean {
  const sizes = (each: Attempt): number[] => [each.preemptions, each.switches, each.surprises, each.length];
  const own = sizes(a);
  const others = sizes(b);
  const place = own.findIndex((size, at) => size !== others[at]);
  return place >= 0 && (own[place] ?? 0) < (others[place] ?? 0);
}
