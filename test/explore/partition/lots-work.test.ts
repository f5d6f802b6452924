// Goal: lots drawn by many give what one draws: the same executions in the same order, whatever is learned on the way.
// Method: chunks of many sizes are worked on in this thread and come back in a disorder that a seed chooses; marks come up
// in between; some chunks are stopped half-way, and all is put aside and taken up again.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { NOTHING } from "#explore/partition/join";
import { joinedLots, lotsOf } from "#explore/partition/shard";
import { LotsWork, reportOfChunk, searchOfChunk, type Chunk } from "#explore/partition/lots-work";
import { Search } from "#explore/search";
import type { StrategyName } from "#explore/strategy";
import { ODD_PROGRAMS, lateMark } from "../odd-programs.js";
import { dining } from "../programs.js";
import { comparable, plainly, throughJson } from "./walking.js";

const MOST = 200;

/** More turns than any of these searches takes that comes to its end. */
const TURNS_MOST = 5_000;

interface Drawing {
  readonly seed: number;
  /** Whether it is interrupted now and then. */
  readonly stops?: boolean;
}

function drawnByMany(program: Program, options: ExploreOptions, { seed, stops = false }: Drawing): unknown {
  const prng = new Prng(seed);
  const most = options.maxExecutions ?? MOST;
  const strategy = new Search(program, options).standing();
  let work = new LotsWork(options, { ...NOTHING, strategy: strategy.strategy }, most);
  let out: Chunk[] = [];
  for (let turn = 0; !work.isOver; turn++) {
    if (turn > TURNS_MOST) throw new Error("it has no end");
    if (stops && prng.below(20) === 0) {
      work = new LotsWork(options, throughJson(work.standing("interrupted")), most);
      out = [];
    }
    const chunk = out.length < 4 ? work.take(1 + prng.below(40)) : null;
    if (chunk !== null) out.push(throughJson(chunk));
    else {
      const [back] = out.splice(prng.below(out.length), 1);
      if (back === undefined) throw new Error("nothing is out, and it is not over");
      const search = searchOfChunk(program, options, back);
      let left = stops && prng.below(4) === 0 ? prng.below(6) : Number.POSITIVE_INFINITY;
      search.advance(() => left-- <= 0);
      work.put(throughJson(reportOfChunk(search, back)));
    }
  }
  return comparable(new Search(program, options, { standing: work.standing(null) }).result());
}

const DRAWING: readonly StrategyName[] = ["random", "pct", "pos", "surw"];

test.each(DRAWING)("%s", (strategy) => {
  const options: ExploreOptions = { strategy, seed: 6, maxExecutions: MOST };
  for (const program of [dining(5), lateMark]) {
    const one = plainly(program, options);
    for (const seed of [1, 2, 3]) {
      expect(drawnByMany(program, options, { seed })).toEqual(one);
      expect(drawnByMany(program, options, { seed, stops: true })).toEqual(one);
    }
  }
});

describe.each(DRAWING)("%s, with programs at the edges and tiny budgets", (strategy) => {
  test.each(Object.entries(ODD_PROGRAMS))("%s", (_name, program) => {
    for (const maxExecutions of [1, 2, 7, 20]) {
      const options: ExploreOptions = { strategy, seed: maxExecutions, depth: 2, maxExecutions };
      const one = plainly(program, options);
      for (const stops of [false, true]) {
        expect(drawnByMany(program, options, { seed: maxExecutions, stops })).toEqual(one);
      }
    }
  });
});

test("marks do come up on the way", () => {
  const search = new Search(lateMark, { strategy: "random", seed: 6, maxExecutions: MOST });
  search.advance(() => search.progress().executions === 10);
  expect(search.standing().marks).toEqual([]);
  search.advance();
  expect(search.standing().marks).not.toEqual([]);
});

test("the first failure ends a search that stops there, at the same execution", () => {
  const options: ExploreOptions = { strategy: "pct", seed: 6, maxExecutions: MOST, stopAtFirst: true };
  const one = plainly(dining(4), options);
  expect(one).toMatchObject({ bound: "first-finding" });
  for (const seed of [1, 2, 3]) expect(drawnByMany(dining(4), options, { seed })).toEqual(one);
});

test("what several machines promise together is what their executions promise that were drawn for the longest one", () => {
  for (const depth of [1, 3]) {
    const options: ExploreOptions = { strategy: "pct", seed: 6, depth };
    const standings = [1, 2, 3].map((index) => {
      const { executions, standing } = lotsOf(options, { index, of: 3 }, [], 100);
      const search = new Search(dining(5), { ...options, maxExecutions: executions }, { standing });
      search.advance();
      return throughJson(search.standing());
    });
    const promised = standings.map((standing) => new Search(dining(5), options, { standing }).result().guarantee);
    const standing = joinedLots(options, standings);
    const { guarantee, executions } = new Search(dining(5), options, { standing }).result();
    expect(executions).toBe(100);
    expect(guarantee?.executions).toBe(promised.reduce((sum, each) => sum + (each?.executions ?? 0), 0));
    expect(guarantee?.executions).toBe(depth === 1 ? 100 : 97);
    expect(guarantee?.perExecution).toBe(Math.min(...promised.map((each) => each?.perExecution ?? 0)));
  }
});

test("a machine that has drawn nothing promises nothing", () => {
  const options: ExploreOptions = { strategy: "pct", seed: 6 };
  const { executions, standing } = lotsOf(options, { index: 1, of: 3 }, [], 2);
  const search = new Search(dining(5), { ...options, maxExecutions: executions }, { standing });
  search.advance();
  expect(search.result()).toMatchObject({ executions: 0, guarantee: null });
});
