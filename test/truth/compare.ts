// Runs every strategy beside brute force on one program, and lists in words where they differ.

import { explore, type ExploreOptions } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { makeStrategy, type StrategyOptions } from "#explore/make-strategy";
import { Search } from "#explore/search";
import type { Strategy } from "#explore/strategy";
import { enumerate, run, type Ran, type Seen, type Truth } from "./enumerator.js";
import { runnable } from "./on-kernel/run.js";
import type { Program } from "./program.js";
import type { Setting } from "./settings.js";

/** Makes a strategy: a test may put a broken one in its place. */
export type MakeStrategy = (options: StrategyOptions) => Strategy;

/** Executions of a strategy over many programs, and those that it gave up. */
export interface Begun {
  executions: number;
  blocked: number;
}

/** Which run each trace once, and which draw lots. */
const REDUCED = ["sleep", "source", "dpor"] as const;
const SAMPLING = ["random", "pct", "pos", "surw", "auto"] as const;

/** Executions of each sampling strategy. */
const SAMPLES = 10;

/** Beyond so many interleavings plain depth-first search and bounds are not looked at: they take as long again. */
const BOUNDED_MOST = 400;

/** Where the strategies differ from the truth, in words; null when there are more than `most` interleavings. */
export function differences(
  program: Program,
  setting: Setting,
  most: number,
  make: MakeStrategy = makeStrategy,
  dporRan: Begun = { executions: 0, blocked: 0 },
): string[] | null {
  const made = runnable(program, setting.kernel);
  const truth = enumerate(made, setting.simulation, most, marksOfLoops(made, setting, most));
  if (truth.refusal !== null) return null;
  const comparison = new Comparison(program, setting, truth, make, dporRan);
  return [
    ...REDUCED.flatMap((strategy) => comparison.reduced(strategy)),
    ...(truth.executions.length > BOUNDED_MOST ? [] : [...comparison.depthFirst(), ...comparison.boundedDpor()]),
    ...comparison.sampled(),
  ];
}

// Which loops count is no property of one execution: the explorer tries each (src/explore/counted-loops.ts), and brute force is told.
function marksOfLoops(program: ReturnType<typeof runnable>, { simulation }: Setting, most: number): readonly number[] {
  const search = new Search(program, { strategy: "sleep", simulation, maxExecutions: 2 * most });
  search.advance();
  return search.standing().marks;
}

class Comparison {
  readonly #program: ReturnType<typeof runnable>;
  readonly #setting: Setting;
  readonly #truth: Truth;
  readonly #make: MakeStrategy;
  readonly #dporRan: Begun;

  constructor(program: Program, setting: Setting, truth: Truth, make: MakeStrategy, dporRan: Begun) {
    this.#program = runnable(program, setting.kernel);
    this.#setting = setting;
    this.#truth = truth;
    this.#make = make;
    this.#dporRan = dporRan;
  }

  /** Sleep sets and partial-order reduction: each trace once, and with them every end state and failure. */
  reduced(strategy: (typeof REDUCED)[number]): string[] {
    const made = this.#make({ strategy });
    const ran = this.#run(made, 2 * this.#truth.executions.length + 100);
    if (strategy === "dpor") {
      this.#dporRan.executions += ran.executions.length;
      this.#dporRan.blocked += made.blocked;
    }
    const found = [
      ...unfinished(ran),
      ...setDifference("trace", ran.executions, this.#truth.executions, (seen) => (seen.failed ? null : seen.trace)),
      ...setDifference("failing trace", ran.executions, this.#truth.executions, (seen) =>
        seen.failed ? seen.trace : null,
      ),
      ...setDifference("end state", ran.executions, this.#truth.executions, (seen) => seen.state),
      ...setDifference("failure", ran.executions, this.#truth.executions, (seen) => seen.failure),
      // A value chosen inside a step is tried again after a step that only another of its values depends on.
      ...(this.#truth.choseValues ? [] : repeated(ran.executions)),
      ...(strategy === "dpor" ? this.#explored({ strategy }, ran) : []),
    ];
    return found.map((text) => `${strategy}: ${text}`);
  }

  /** Plain depth-first search runs just what brute force runs, and with a bound just those that cost at most so much. */
  depthFirst(): string[] {
    const all = this.#depthFirst({}, () => true);
    const preemptions = [0, 1, 2].flatMap((most) =>
      this.#depthFirst({ preemptions: most }, (seen) => seen.preemptions <= most),
    );
    const delays = [0, 1, 3].flatMap((most) => this.#depthFirst({ delays: most }, (seen) => seen.delays <= most));
    return [...all, ...preemptions, ...delays];
  }

  /** Partial-order reduction within a bound: every end state and failure of an interleaving within it, and no other. */
  boundedDpor(): string[] {
    return [0, 1, 2].flatMap((preemptions) => {
      const ran = this.#run(this.#make({ strategy: "dpor", preemptions }), 4 * this.#truth.executions.length + 100);
      const awaited = this.#truth.executions.filter((seen) => seen.preemptions <= preemptions);
      const found = [
        ...unfinished(ran),
        ...setDifference("end state", ran.executions, awaited, (seen) => seen.state),
        ...setDifference("failure", ran.executions, awaited, (seen) => seen.failure),
        ...setDifference("trace", ran.executions, awaited, (seen) => (seen.failed ? null : seen.trace)),
      ];
      return found.map((text) => `dpor within ${preemptions}: ${text}`);
    });
  }

  /** Whatever a sampling strategy runs is one of all interleavings. */
  sampled(): string[] {
    return SAMPLING.flatMap((strategy) => {
      const ran = this.#run(this.#make({ strategy, seed: 7 }), SAMPLES);
      const known = new Set(this.#truth.executions.map((seen) => seen.choices));
      const unknown = ran.executions.filter((seen) => !known.has(seen.choices));
      // `auto` ends when one of its strategies has seen everything.
      const few = strategy !== "auto" && ran.executions.length < SAMPLES ? ["it ends"] : [];
      return [...few, ...unknown.map((seen) => `no such interleaving: ${seen.choices}`)].map(
        (text) => `${strategy}: ${text}`,
      );
    });
  }

  #depthFirst(bound: StrategyOptions, isWithin: (seen: Seen) => boolean): string[] {
    const { executions } = this.#truth;
    const ran = this.#run(this.#make({ strategy: "dfs", ...bound }), 4 * executions.length + 1);
    const awaited = executions.filter(isWithin);
    const found = [
      ...unfinished(ran),
      ...setDifference("interleaving", ran.executions, awaited, (seen) => seen.choices),
      ...(ran.executions.length === awaited.length
        ? []
        : [`${ran.executions.length} executions, not ${awaited.length}`]),
    ];
    return found.map((text) => `dfs ${JSON.stringify(bound)}: ${text}`);
  }

  // The explorer itself, which finds the marks by itself: as many executions, the same failures.
  #explored(options: ExploreOptions, ran: Pick<Ran, "executions">): string[] {
    const result = explore(this.#program, { ...options, simulation: { ...this.#setting.simulation, maxSteps: 400 } });
    const failures = new Set(ran.executions.flatMap((seen) => seen.failure ?? []));
    const findings = new Set(result.findings.map((finding) => identityOf(finding.outcome)));
    return [
      ...(result.exhausted ? [] : ["the explorer does not call it exhausted"]),
      ...(result.executions === ran.executions.length
        ? []
        : [`the explorer counts ${result.executions} executions, not ${ran.executions.length}`]),
      ...[...failures].filter((each) => !findings.has(each)).map((each) => `the explorer does not report ${each}`),
      ...[...findings].filter((each) => !failures.has(each)).map((each) => `the explorer reports ${each}`),
    ];
  }

  #run(strategy: Strategy, most: number): Ran {
    return run(this.#program, strategy, { ...this.#setting.simulation, marks: this.#truth.marks }, most);
  }
}

const unfinished = (ran: Ran): string[] => (ran.refusal === null ? [] : [`given up: ${ran.refusal}`]);

function setDifference(
  what: string,
  found: readonly Seen[],
  awaited: readonly Seen[],
  keyOf: (seen: Seen) => string | null,
): string[] {
  const missing = without(awaited, found, keyOf).map(
    ([key, seen]) => `lost the ${what} ${key} (choices ${seen.choices})`,
  );
  const invented = without(found, awaited, keyOf).map(
    ([key, seen]) => `no such ${what}: ${key} (choices ${seen.choices})`,
  );
  return [...first(missing), ...first(invented)];
}

function without(
  some: readonly Seen[],
  others: readonly Seen[],
  keyOf: (seen: Seen) => string | null,
): [key: string, seen: Seen][] {
  const known = new Set(others.map(keyOf));
  const left = new Map<string, Seen>();
  for (const seen of some) {
    const key = keyOf(seen);
    if (key !== null && !known.has(key) && !left.has(key)) left.set(key, seen);
  }
  return [...left];
}

function repeated(executions: readonly Seen[]): string[] {
  const times = new Map<string, number>();
  for (const { trace } of executions) times.set(trace, (times.get(trace) ?? 0) + 1);
  return first(
    [...times].filter(([, count]) => count > 1).map(([trace, count]) => `ran a trace ${count} times: ${trace}`),
  );
}

function first(texts: readonly string[]): string[] {
  return texts.length <= 2 ? [...texts] : [...texts.slice(0, 2), `... and ${texts.length - 2} more`];
}
