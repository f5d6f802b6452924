// Goal: lots drawn by many give what one draws: the same executions in the same order, whatever is learned on the way.
// Method: chunks of many sizes are worked on in this thread and come back in a disorder that a seed chooses; marks come up
// in between.
import { expect, test } from "vitest";
import { Prng } from "#base/prng";
import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { NOTHING } from "#explore/partition/join";
import { LotsWork, reportOfChunk, searchOfChunk, type Chunk } from "#explore/partition/lots-work";
import { Search } from "#explore/search";
import type { StrategyName } from "#explore/strategy";
import { B_OK } from "#base/status";
import { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { dining } from "../programs.js";
import { comparable, plainly, throughJson } from "./walking.js";

const MOST = 200;

/** Only when the threads come in the order t4, t3, t2 does one of them try a lock, which then needs a mark. */
const late: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  const order = shared(kernel, 0, "order");
  for (let i = 0; i < 5; i++) {
    kernel.spawn(`t${i}`, function* () {
      yield* lock.lock();
      order.value = order.value * 10 + i;
      const isLate = order.value === 432;
      lock.unlock();
      if (isLate && (yield* lock.tryLock()) === B_OK) lock.unlock();
    });
  }
};

function drawnByMany(program: Program, options: ExploreOptions, seed: number): unknown {
  const prng = new Prng(seed);
  const strategy = new Search(program, options).standing();
  const work = new LotsWork(options, { ...NOTHING, strategy: strategy.strategy }, MOST);
  const out: Chunk[] = [];
  while (!work.isOver) {
    const chunk = out.length < 4 ? work.take(1 + prng.below(40)) : null;
    if (chunk !== null) out.push(throughJson(chunk));
    else {
      const [back] = out.splice(prng.below(out.length), 1);
      if (back === undefined) throw new Error("nothing is out, and it is not over");
      const search = searchOfChunk(program, options, back);
      search.advance();
      work.put(throughJson(reportOfChunk(search, back)));
    }
  }
  return comparable(new Search(program, options, { standing: work.standing(null) }).result());
}

test.each<StrategyName>(["random", "pct", "pos", "surw"])("%s", (strategy) => {
  const options: ExploreOptions = { strategy, seed: 6, maxExecutions: MOST };
  for (const program of [dining(5), late]) {
    const one = plainly(program, options);
    for (const seed of [1, 2, 3, 4, 5, 6]) expect(drawnByMany(program, options, seed)).toEqual(one);
  }
});

test("marks do come up on the way", () => {
  const search = new Search(late, { strategy: "random", seed: 6, maxExecutions: MOST });
  search.advance(() => search.progress().executions === 10);
  expect(search.standing().marks).toEqual([]);
  search.advance();
  expect(search.standing().marks).not.toEqual([]);
});

test("the first failure ends a search that stops there, at the same execution", () => {
  const options: ExploreOptions = { strategy: "pct", seed: 6, maxExecutions: MOST, stopAtFirst: true };
  const one = plainly(dining(4), options);
  expect(one).toMatchObject({ bound: "first-finding" });
  for (const seed of [1, 2, 3]) expect(drawnByMany(dining(4), options, seed)).toEqual(one);
});
