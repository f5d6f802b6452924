// Goal: the queues of measured time give what looking at everybody would give. Method: random use, beside a list that is searched.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { CpuQueue, isBefore, type Queued } from "#kernel/cpu-queue";
import type { Thread } from "#kernel/thread";
import { TimerQueue } from "#kernel/timer-queue";

interface FakeCpu extends Queued {
  now: number;
  hasWork: boolean;
}

describe("the CPUs that wait for their turn", () => {
  test("the one furthest behind goes first, of equals the first one made, and nobody without work", () => {
    const prng = new Prng(11);
    const cpus = Array.from({ length: 9 }, (_, place): FakeCpu => ({ place, now: 0, queuedAt: -1, hasWork: false }));
    const queue = new CpuQueue<FakeCpu>((cpu) => cpu.hasWork);
    let seen = 0;
    let exchanged = 0;
    for (let round = 0; round < 20_000; round++) {
      const cpu = cpus[prng.below(cpus.length)]!;
      cpu.now += prng.below(4);
      cpu.hasWork = prng.below(3) > 0;
      if (cpu.hasWork) queue.add(cpu);
      const expected = cpus
        .filter(({ hasWork }) => hasWork)
        .reduce<FakeCpu | null>((best, each) => (best === null || each.now < best.now ? each : best), null);
      expect(queue.first()).toBe(expected);
      if (expected === null || prng.below(2) === 0) continue;
      seen++;
      queue.takeFirst();
      expected.now += prng.below(10);
      const others = cpus.filter((each) => each.hasWork && each !== expected);
      const isFirst = others.every(
        ({ now, place }) => expected.now < now || (expected.now === now && expected.place < place),
      );
      const other = queue.first();
      expect(other === null || isBefore(expected, other)).toBe(isFirst);
      if (isFirst || other === null) {
        queue.add(expected);
        continue;
      }
      // As when a CPU's turn is over: it takes the place of the one whose turn it is, which comes back later.
      exchanged++;
      queue.exchangeFirst(expected);
      queue.add(other);
    }
    expect(exchanged).toBeGreaterThan(1_000);
    expect(seen).toBeGreaterThan(5_000);
  });
});

describe("timers", () => {
  test("the earliest comes first, of equals the one that was set first; any can be taken back", () => {
    const prng = new Prng(12);
    const timers = new TimerQueue();
    let model: { thread: Thread; at: number }[] = [];
    for (let round = 0; round < 5_000; round++) {
      const pick = model[prng.below(Math.max(1, model.length))];
      if (pick === undefined || prng.below(2) === 0) {
        const timer = { thread: { id: round } as Thread, at: prng.below(40) };
        timers.add(timer.thread, timer.at);
        model.push(timer);
      } else {
        timers.remove(pick.thread, pick.at);
        model = model.filter((each) => each !== pick);
      }
      const [first = null] = [...model].sort((a, b) => a.at - b.at);
      expect(timers.first()).toEqual(first);
      expect(timers.firstAt).toBe(first?.at ?? Number.POSITIVE_INFINITY);
    }
  });
});
