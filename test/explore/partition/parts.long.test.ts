// Goal: a search that is divided, or put aside and taken up again, finds just what one that is not finds: the same
// executions, the same number of them, the same first failure, the same schedules.
// Method: programs of the literature and random ones, of which part after part is explored here in one thread, everything
// that would leave it going through JSON; the result must equal that of a plain search, field by field.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import type { Execution, Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { makeStrategy } from "#explore/make-strategy";
import { divideTree } from "#explore/partition/divide";
import { partsOf } from "#explore/partition/shard";
import { NO_WORK, TreeWork } from "#explore/partition/tree-work";
import { Search } from "#explore/search";
import { walksTree, type StrategyName } from "#explore/strategy";
import { TIMES } from "../agreement.js";
import { buffer, dining, inc, lastzero, lazy01, readers, sync01, tokenRing } from "../programs.js";
import { endState, FAMILIES, randomProgram, runnable } from "../random-programs.js";
import { comparable, plainly, resultOf, throughJson, together, walked, type Walking } from "./walking.js";

const ORACLE = { pointsBefore: "every", startIsStep: false } as const;
const PROGRAMS: readonly (readonly [name: string, program: Program, options: ExploreOptions])[] = [
  ["dining(4), sleep sets", dining(4), { strategy: "sleep" }],
  ["lastzero(3), sleep sets", lastzero(3), { strategy: "sleep" }],
  ["a buffer whose notify wakes any waiter, sleep sets", buffer(2, 2, 1, false), any({ strategy: "sleep" })],
  ["a failing assertion, sleep sets", lazy01(), { strategy: "sleep" }],
  ["sync01, any waiter, depth first", sync01(), any({ strategy: "dfs", simulation: ORACLE })],
  ["a buffer, any waiter, depth first", buffer(2, 1, 1, false), any({ strategy: "dfs", simulation: ORACLE })],
  ["token ring, depth first", tokenRing(), { strategy: "dfs", simulation: ORACLE }],
];

const WAYS: readonly (readonly [name: string, walking: Walking])[] = [
  ["divided again and again", { pause: 3, divides: true }],
  ["put aside again and again", { pause: 3, divides: false }],
];

function any(options: ExploreOptions): ExploreOptions {
  return { ...options, simulation: { ...options.simulation, wakeups: "any" } };
}

describe.each(PROGRAMS)("%s", (_, program, options) => {
  const whole = plainly(program, options);

  test.each(WAYS)("%s, the search finds what it finds in one go", (_name, walking) => {
    expect(resultOf(program, options, walked(program, options, walking))).toEqual(whole);
  });

  test("divided before it begins, too", () => {
    const roots = (marks: readonly number[]): ReturnType<typeof partsOf> => ({
      ...divideTree(program, options, marks, 12),
      others: [],
    });
    const work = walked(program, options, { pause: Number.POSITIVE_INFINITY, divides: false, roots });
    expect(work.save().done.length).toBeGreaterThan(1);
    expect(resultOf(program, options, work)).toEqual(whole);
  });
});

describe("random programs", () => {
  test.each(Object.keys(FAMILIES))("of %s, divided and put aside, lose nothing and find nothing twice", (family) => {
    const prng = new Prng(7);
    for (let i = 0; i < 3; i++) {
      const program = runnable(randomProgram(prng, FAMILIES[family] ?? []));
      const options: ExploreOptions = { strategy: "sleep", simulation: { maxSteps: 2_000 }, maxExecutions: 400 };
      if (!explore(program, options).exhausted) continue;
      const whole = plainly(program, options);
      for (const [name, walking] of WAYS) {
        expect({ name, found: resultOf(program, options, walked(program, options, walking)) }).toEqual({
          name,
          found: whole,
        });
      }
    }
  });
});

// Parts are given away where all that can go first is known. The numbers of executions, and which of them stands for a failure,
// depend on who was where when.
describe("partial-order reduction", () => {
  const counts = (result: unknown): object => {
    const { executions, outcome, exhausted, findings } = result as ExploreResult;
    const messages = findings.map((finding) => identityOf(finding.outcome)).sort();
    // A panic cuts an execution off, and how many such stumps there are is a matter of the way of searching.
    const isCutOff = findings.some(({ outcome: { kind } }) => kind === "panic" || kind === "assertion");
    return { outcome, exhausted, messages, ...(isCutOff ? {} : { executions }) };
  };
  const programs = PROGRAMS.slice(0, 4);

  test.each(programs)(
    "divided, it finds as many traces, and the same failures: %s",
    (_name, program, { simulation }) => {
      const options: ExploreOptions = { strategy: "dpor", ...(simulation === undefined ? {} : { simulation }) };
      const work = walked(program, options, { pause: 3, divides: true });
      expect(counts(resultOf(program, options, work))).toEqual(counts(plainly(program, options)));
    },
  );

  const LITERATURE: readonly (readonly [name: string, program: Program])[] = [
    ["dining(5)", dining(5)],
    ["lastzero(5)", lastzero(5)],
    ["inc(4)", inc(4)],
    ["a buffer", buffer(2, 2, 1, false)],
    ["readers(5)", readers(5)],
  ];

  test.each(LITERATURE.flatMap(([name, program]) => [2, 9].map((turn) => ({ name, program, turn }))))(
    "by several at once, each trace is run by one of them: $name, up to $turn executions at a time",
    ({ program, turn }) => {
      for (const strategy of ["dpor", "source"] as const) {
        const whole = explore(program, { strategy });
        for (let seed = 1; seed <= 8; seed++) {
          const timing = { seed, workers: 2 + (seed % 2), turn };
          const result = resultOf(program, { strategy }, together(program, { strategy }, timing)) as ExploreResult;
          expect({ seed, ...counts(result) }).toEqual({ seed, ...counts(whole) });
        }
      }
    },
  );

  test("by several at once, what is given away is more than one part", () => {
    const work = together(inc(4), {}, { seed: 1, workers: 2, turn: 5 });
    expect(work.save().done.length).toBeGreaterThan(2);
  });

  test.each(LITERATURE)(
    "by two at once, no execution is cut short that one does not cut short: %s",
    (_name, program) => {
      const work = together(program, {}, { seed: 5, workers: 2, turn: 4 });
      expect((resultOf(program, {}, work) as ExploreResult).blocked).toBe(0);
    },
  );

  test.each([1, 2, 3, 5, 8])(
    "by two at once, put aside after %i rounds and taken up again, it ends alike",
    (rounds) => {
      for (const program of [dining(5), inc(4), lastzero(4)]) {
        const work = together(program, {}, { seed: rounds, workers: 2, turn: 4, rounds });
        expect(counts(resultOf(program, {}, work))).toEqual(counts(explore(program)));
      }
    },
  );

  test.each(programs)("put aside, it finds just what it finds in one go: %s", (_name, program, { simulation }) => {
    const options: ExploreOptions = { strategy: "dpor", ...(simulation === undefined ? {} : { simulation }) };
    const work = walked(program, options, { pause: 3, divides: false });
    expect(resultOf(program, options, work)).toEqual(plainly(program, options));
  });

  test.each(Object.keys(FAMILIES))("loses no trace of random programs of %s, however it is divided", (family) => {
    const prng = new Prng(11);
    for (let i = 0; i < 3 * TIMES; i++) {
      const program = runnable(randomProgram(prng, FAMILIES[family] ?? []));
      const options: ExploreOptions = { strategy: "dpor", simulation: { maxSteps: 2_000 } };
      const states = new Set<string>();
      const onExecution = (execution: Execution): unknown => states.add(endState(execution));
      const whole = explore(program, { ...options, strategy: "sleep", maxExecutions: 300, onExecution });
      if (!whole.exhausted) continue;
      const wanted = { ...counts(whole), states: [...states].sort() };
      // Executions that differ in a value alone, which nothing else sees, are of one trace: how many there are depends on the walk.
      const choosing = family === "chosen values" && "executions" in wanted ? { executions: whole.executions } : {};
      const ways: readonly ((watched: ExploreOptions) => TreeWork)[] = [
        (watched) => walked(program, watched, { pause: 3, divides: true }),
        (watched) => together(program, watched, { seed: i + 1, workers: 2, turn: 3 }),
        (watched) => together(program, watched, { seed: i + 1, workers: 3, turn: 6, rounds: 2 }),
      ];
      for (const [way, work] of ways.entries()) {
        states.clear();
        const found = counts(resultOf(program, options, work({ ...options, onExecution })));
        expect({ way, ...found, ...choosing, states: [...states].sort() }).toEqual({ way, ...wanted });
      }
    }
  });
});

describe("parts for machines that cannot talk to each other", () => {
  const PLAIN = { pause: Number.POSITIVE_INFINITY, divides: false };
  const strategies = (["sleep", "dfs", "dpor"] as const).filter((strategy) => walksTree(makeStrategy({ strategy })));

  test.each(strategies)("have all executions of %s, each once", (strategy) => {
    const options: ExploreOptions = { strategy, ...(strategy === "dfs" ? { simulation: ORACLE } : {}) };
    const program = strategy === "dfs" ? tokenRing() : dining(4);
    const works = [1, 2, 3].map((index) =>
      walked(program, options, {
        ...PLAIN,
        roots: (marks) => partsOf(program, options, { index, of: 3 }, marks),
      }).save(),
    );
    const done = works.flatMap((work) => throughJson(work.done));
    const merged = new Search(program, options, {
      standing: new TreeWork({ ...NO_WORK, done }).standing(null),
    }).result();
    const whole = explore(program, options);
    const facts = ({ executions, exhausted, outcome }: typeof whole): unknown => ({ executions, exhausted, outcome });
    expect(facts(merged)).toEqual(facts(whole));
    // Where the order is that of a walk, everything is the same, down to who was first.
    if (strategy !== "dpor") expect(comparable(merged)).toEqual(comparable(whole));
  });
});

// A search of any kind between two executions.
describe("a search that is put aside", () => {
  const SEARCHES: readonly (ExploreOptions & { readonly strategy: StrategyName })[] = [
    { strategy: "sleep" },
    { strategy: "dfs", preemptions: 2 },
    { strategy: "dfs", delays: 3, simulation: ORACLE },
    { strategy: "random", maxExecutions: 60 },
    { strategy: "pct", maxExecutions: 60 },
    { strategy: "pos", maxExecutions: 60 },
    { strategy: "surw", maxExecutions: 60 },
  ];

  test.each(SEARCHES)("goes on just there: %o", (options) => {
    const program = dining(3);
    let standing = null;
    for (let left = 7; ; left = 7) {
      const search: Search = new Search(program, options, standing === null ? {} : { standing });
      if (search.advance(() => left-- === 0)) {
        expect(comparable(search.result())).toEqual(plainly(program, options));
        return;
      }
      standing = throughJson(search.standing());
    }
  });

  test("at its limit of executions goes on from there with a higher one", () => {
    const first = new Search(dining(3), { strategy: "sleep", maxExecutions: 10 });
    first.advance();
    expect(first.result()).toMatchObject({ bound: "executions", exhausted: false });
    const standing = { ...throughJson(first.standing()), bound: null };
    const second = new Search(dining(3), { strategy: "sleep" }, { standing });
    second.advance();
    expect(comparable(second.result())).toEqual(plainly(dining(3), { strategy: "sleep" }));
  });
});
