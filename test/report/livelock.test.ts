// Goal: a livelock's report names the loop: who, which operations and where, what was read, what would have to change, who waits.
// Method: a small program for each kind of loop, explored, and its failure replayed under a recorder.
import { expect, test } from "vitest";
import { Kernel } from "#kernel/kernel";
import { columns } from "#report/columns";
import { explain } from "#report/explain";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import type { Program } from "#explore/execution";
import { failureOf, poller, type Seen } from "./programs.js";

function told({ events, outcome }: Seen): string {
  const { title, sentences, hints } = explain(events, outcome);
  const text = [title, ...sentences, ...hints.map((hint) => `hint: ${hint}`)].join("\n");
  return text.replace(/goes round \d+ times/g, "goes round N times").replace(/\.test\.ts:\d+/g, ".test.ts:N");
}

const eachOther: Program = (simulation) => {
  const kernel = new Kernel(simulation, { cpus: 2 });
  const [a, b] = [new Atomic(kernel, 0, "a"), new Atomic(kernel, 7, "b")];
  const lock = new Mutex(kernel, "held");
  kernel.spawn("left", function* waitForA() {
    yield* lock.lock();
    while ((yield* a.get()) === 0);
    lock.unlock();
  });
  kernel.spawn("right", function* waitForB() {
    while ((yield* b.get()) === 7);
    yield* a.set(1);
  });
  kernel.spawn("third", function* third() {
    yield* lock.lock();
  });
};

test("two threads that spin, and one that waits for what the first of them holds", () => {
  const seen = failureOf(eachOther, "livelock", { simulation: { freeRounds: 3 } });
  expect(told(seen)).toMatchInlineSnapshot(`
    "livelock: "left" and "right" go round and round, and nothing changes
    "left" goes round N times: atomic get "a" in waitForA (test/report/livelock.test.ts:N).
    It looks at atomic "a" (0): somebody else would have to change that, and nobody is left who does.
    "right" goes round N times: atomic get "b" in waitForB (test/report/livelock.test.ts:N).
    It looks at atomic "b" (7): somebody else would have to change that, and nobody is left who does.
    Not done either: "third", which waits for mutex "held" held by "left".
    hint: A loop that spins ends only if somebody else changes what it tests, and takes a CPU until then: wait on a condition variable instead, and see that somebody notifies it."
  `);
});

test("a sleeper that polls plain data under a lock: the data, its value, and where it is read", () => {
  expect(told(failureOf(poller, "livelock"))).toContain(
    'It looks at mutex "lock" and shared value "ready" (false), read in poll (test/report/programs.ts:325): somebody else would have to change one of these',
  );
});

test("a loop with interrupts off on the only CPU", () => {
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const flag = shared(kernel, 0, "flag");
    kernel.spawn("handler", function* handle() {
      yield* kernel.disableInterrupts();
      while (flag.value === 0) yield* new Atomic(kernel, 0, "pause").get();
    });
  };
  const text = told(failureOf(program, "livelock"));
  expect(text).toContain('"handler" goes round with interrupts off, and nobody else can run');
  expect(text).toContain("never wait for another thread with interrupts off");
});

test("the columns show each loop folded, whatever its rounds stand between", () => {
  const { events } = failureOf(eachOther, "livelock", { simulation: { freeRounds: 3 } });
  expect(columns(events)).toMatch(/\.\.\. these 2 lines \d+ times/);
});
