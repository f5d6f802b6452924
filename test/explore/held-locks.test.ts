// Goal: a lock that somebody tries can be seen held until its unlock, whatever the thread does behind the unlock; plain data that is
// touched there hides nothing, and no reduction loses any of it.
// Method: two threads, or three, that write down what their tries gave; depth-first search, and counting by hand, are the truth.
import { describe, expect, test } from "vitest";
import { B_OK, type Status } from "#base/status";
import type { Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { struct, uint32, type InstanceOf } from "#kernel/struct";
import { coverageSentence } from "#report/words";
import { Mutex } from "#sync/mutex";
import { RecursiveLock } from "#sync/recursive-lock";
import { Shared } from "#sync/shared";

const STRATEGIES = ["dfs", "sleep", "source", "dpor"] as const;
const REDUCTIONS = ["sleep", "source", "dpor"] as const;
const Cookie = struct("cookie", { count: uint32() });

interface World {
  readonly kernel: Kernel;
  readonly lock: Mutex;
  readonly other: Mutex;
  readonly value: Shared<number>;
  readonly second: Shared<number>;
  readonly cookie: InstanceOf<typeof Cookie>;
}

interface Triable {
  lock(): Operation<Status>;
  tryLock(): Operation<Status>;
  unlock(): void;
}

type Body = (world: World, notes: string[]) => Steps<void>;

/** Runs these threads; how an execution ended is what they noted, thread by thread. */
function ends(bodies: readonly Body[], options: ExploreOptions = {}): string[] {
  return explored(bodies, options).ends;
}

function explored(bodies: readonly Body[], options: ExploreOptions = {}): { ends: string[]; result: ExploreResult } {
  let notes: string[][] = [];
  const found = new Set<string>();
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const [lock, other] = [new Mutex(kernel, "lock"), new Mutex(kernel, "other")];
    const [value, second] = [new Shared(kernel, 0, "value"), new Shared(kernel, 0, "second")];
    const world = { kernel, lock, other, value, second, cookie: kernel.heap.new(Cookie) };
    notes = bodies.map(() => []);
    bodies.forEach((body, place) => kernel.spawn(`t${place}`, () => body(world, notes[place] ?? [])));
  };
  const onExecution: ExploreOptions["onExecution"] = ({ outcome }) => {
    if (outcome.kind === "finished") found.add(notes.map((each) => each.join(" ")).join(" | "));
    else found.add(outcome.kind);
  };
  const result = explore(program, { ...options, onExecution });
  expect(result.exhausted).toBe(true);
  return { ends: [...found].sort(), result };
}

function* tries({ lock }: World, notes: string[]): Steps<void> {
  yield* tryAndUnlock(lock, notes);
}

function* tryAndUnlock(lock: Triable, notes: string[]): Steps<Status> {
  const status = yield* lock.tryLock();
  notes.push(words(status));
  if (status === B_OK) lock.unlock();
  return status;
}

function words(status: Status): string {
  return status === B_OK ? "got" : "held";
}

/** Locks and unlocks, and then does this, which is no operation. */
function behindUnlock(act: (world: World) => void): Body {
  return function* (world) {
    yield* world.lock.lock();
    world.lock.unlock();
    act(world);
  };
}

const ACTS = {
  "a shared value is written": ({ value }: World) => void (value.value = 1),
  "a shared value is read": ({ value }: World) => void value.value,
  "a field is written": ({ cookie }: World) => void (cookie.count = 1),
  "a field is read": ({ cookie }: World) => void cookie.count,
  "a block is freed": ({ kernel, cookie }: World) => kernel.heap.delete(cookie),
} as const;

describe("a lock is seen held where behind its unlock", () => {
  describe.each(Object.entries(ACTS))("%s", (_name, act) => {
    test.each(STRATEGIES)("%s", (strategy) => {
      expect(ends([behindUnlock(act), tries], { strategy })).toEqual([" | got", " | held"]);
    });

    test.each([
      ["with a point before every unlock", { pointsBefore: "every" }],
      ["in the oracle setting", { pointsBefore: "every", startIsStep: false }],
    ] as const)("%s", (_setting, simulation) => {
      for (const strategy of STRATEGIES)
        expect(ends([behindUnlock(act), tries], { strategy, simulation })).toEqual([" | got", " | held"]);
    });
  });
});

describe("each unlock before an access is a step of its own", () => {
  const both: Body = function* ({ lock, other, value }) {
    yield* lock.lock();
    yield* other.lock();
    lock.unlock();
    other.unlock();
    value.value = 1;
  };
  function* triesBoth({ lock, other }: World, notes: string[]): Steps<void> {
    const first = yield* tryAndUnlock(lock, notes);
    if (first === B_OK) yield* tryAndUnlock(other, notes);
  }

  test.each(STRATEGIES)("%s", (strategy) => {
    expect(ends([both, triesBoth], { strategy })).toEqual([" | got got", " | got held", " | held"]);
  });
});

test("a recursive lock is seen held, too", () => {
  const starts: Body = function* ({ kernel, value }, notes) {
    const lock = new RecursiveLock(kernel, "recursive");
    kernel.spawn("tries", () => tryAndUnlock(lock, notes));
    yield* lock.lock();
    lock.unlock();
    value.value = 1;
  };
  for (const strategy of STRATEGIES) expect(ends([starts], { strategy })).toEqual(["got", "held"]);
});

describe("a thread that runs while another stands before its unlock", () => {
  const guarded: Body = function* ({ lock, value }) {
    yield* lock.lock();
    lock.unlock();
    value.value = 1;
  };

  test.each(STRATEGIES)("dies, or finds the end of the other: %s", (strategy) => {
    const fails: Body = function* (world) {
      if ((yield* tryAndUnlock(world.lock, [])) !== B_OK) throw new Error("held");
    };
    expect(ends([guarded, fails], { strategy })).toEqual([" | ", "assertion"]);
  });

  test.each(STRATEGIES)("does the same, and both are seen by a third: %s", (strategy) => {
    const one = behindUnlock(ACTS["a shared value is read"]);
    const two: Body = function* ({ other, second }) {
      yield* other.lock();
      other.unlock();
      second.value = 1;
    };
    const third: Body = function* ({ lock, other }, notes) {
      yield* tryAndUnlock(lock, notes);
      yield* tryAndUnlock(other, notes);
    };
    const seen = ends([one, two, third], { strategy });
    expect(seen).toEqual([" |  | got got", " |  | got held", " |  | held got", " |  | held held"]);
  });

  test.each(STRATEGIES)("polls the lock until it is given back: %s", (strategy) => {
    const polls: Body = function* ({ lock, value }, notes) {
      let sum = 0;
      while ((yield* lock.tryLock()) !== B_OK) sum += value.value;
      lock.unlock();
      notes.push(`got ${sum}`);
    };
    expect(ends([guarded, polls], { strategy, maxExecutions: 20_000 })).toEqual([" | got 0"]);
  });
});

describe("two threads, each before an access behind its unlock", () => {
  const one = behindUnlock(ACTS["a shared value is written"]);
  const two: Body = function* ({ other, second }) {
    yield* other.lock();
    other.unlock();
    second.value = 1;
  };
  function* triesThrice({ lock, other }: World, notes: string[]): Steps<void> {
    for (const each of [lock, other, lock]) yield* tryAndUnlock(each, notes);
  }

  test.each(REDUCTIONS)("are seen at once, both with their locks: %s", (strategy) => {
    const seen = ends([one, two, triesThrice], { strategy });
    const both = ["got", "held"];
    const all = both.flatMap((first) => both.flatMap((then) => both.map((last) => ` |  | ${first} ${then} ${last}`)));
    expect(seen).toEqual(all);
  });

  test("give them back in both orders", () => {
    function* triesTwice({ lock, other }: World, notes: string[]): Steps<void> {
      for (const each of [lock, other]) if ((yield* tryAndUnlock(each, notes)) === B_OK) return;
    }
    function* triesOther({ lock, other }: World, notes: string[]): Steps<void> {
      for (const each of [other, lock]) if ((yield* tryAndUnlock(each, notes)) === B_OK) return;
    }
    const seen = ends([one, two, triesTwice, triesOther], { strategy: "dpor" });
    expect(seen).toContain(" |  | held held | held held");
    expect(seen).toContain(" |  | held got | held held");
    expect(seen).toContain(" |  | held held | held got");
  });

  test("say what is not covered, where one may have come there because of the other", () => {
    const because: Body = function* (world) {
      if ((yield* tryAndUnlock(world.lock, [])) !== B_OK) yield* two(world, []);
    };
    const { result } = explored([one, because, triesThrice]);
    expect(result.nestedOnly).toBe(true);
    expect(explored([one, two, tries]).result.nestedOnly).toBe(false);
    expect(coverageSentence(result)).toContain("; not covered: two threads, both in the middle of a step, ");
  });
});

describe("what is found so", () => {
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const lock = new Mutex(kernel, "lock");
    const value = new Shared(kernel, 0, "value");
    kernel.spawn("holder", function* () {
      yield* lock.lock();
      lock.unlock();
      value.value = 1;
    });
    kernel.spawn("trying", function* () {
      if ((yield* lock.tryLock()) !== B_OK) throw new Error("held");
      lock.unlock();
    });
  };

  test("is made small, and replayed from its schedule", () => {
    const [finding] = explore(program, { shrink: true }).findings;
    expect(finding).toMatchObject({ preemptions: 1, provedLeast: true });
    const { choices = [], marks = [] } = finding ?? {};
    const { events, execution, divergence } = watch(program, { time: "adversarial", choices, marks });
    expect(divergence).toBeNull();
    expect(execution.outcome.message).toContain("held");
    const steps = events.filter(({ kind }) => kind === "step");
    expect(steps.map(({ threadName, text, object }) => `${threadName} ${text} ${object}`.trim())).toEqual([
      "holder start",
      "holder lock lock",
      "trying start",
      "trying trylock lock",
    ]);
  });

  test("is found by random walks, too", () => {
    expect(explore(program, { strategy: "random", maxExecutions: 200, seed: 1 }).findings).toHaveLength(1);
  });
});
