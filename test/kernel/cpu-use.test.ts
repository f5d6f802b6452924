// Goal: the numbers of measured time say who used the CPUs. Method: threads whose use is known beforehand.
import { describe, expect, test } from "vitest";
import { Histogram } from "#base/histogram";
import { startMeasuring, type Use } from "#kernel/cpu-use";
import { DEFAULT_COSTS } from "#kernel/costs";
import { measured, type Threads } from "./running.js";

function useOf(threads: Threads, cpus = 1): Use {
  let read: (() => Use) | null = null;
  const { simulation } = measured(
    (kernel, log) => {
      read = startMeasuring(kernel.simulation);
      return threads(kernel, log);
    },
    { cpus, maxSteps: 1_000_000 },
  );
  expect(simulation.failed).toBe(false);
  if (read === null) throw new Error("nothing was measured");
  return (read as () => Use)();
}

describe("CPU use", () => {
  test("of a thread that computes half of the time is a half, and its CPU's a little more", () => {
    const use = useOf((kernel) => ({
      *half() {
        for (let round = 0; round < 100; round++) {
          kernel.simulation.scheduler.charge(1_000_000);
          yield* kernel.snooze(1_000);
        }
      },
    }));
    expect(use.threads[0]?.share).toBeCloseTo(0.5, 1);
    expect(use.cpus[0]?.share).toBeGreaterThan(use.threads[0]?.share ?? 1);
    expect(use.cpus[0]?.share).toBeLessThan(0.52);
    expect(use.teams).toMatchObject([{ team: "kernel_team", cpuTimeUs: use.threads[0]?.cpuTimeUs }]);
  });

  test("is split between threads of one priority by their quanta", () => {
    const spin = (): Threads => (kernel) => {
      const body = function* () {
        while (kernel.simulation.now() < 200_000) {
          kernel.simulation.scheduler.charge(20_000);
          yield* kernel.resumeThread(kernel.simulation.threads[0] as never);
        }
      };
      return { a: body, b: body, c: body };
    };
    const shares = useOf(spin()).threads.map(({ share }) => share);
    for (const share of shares) expect(share).toBeCloseTo(1 / 3, 1);
  });

  test("tells how long a woken thread waited for the CPU: up to a quantum, when another one computes", () => {
    const use = useOf((kernel) => ({
      *busy() {
        while (kernel.simulation.now() < 100_000) {
          kernel.simulation.scheduler.charge(10_000);
          yield* kernel.resumeThread(kernel.simulation.threads[0] as never);
        }
      },
      *sleeper() {
        for (let round = 0; round < 20; round++) yield* kernel.snooze(3_000);
      },
    }));
    const wakeUps = use.threads[1]?.wakeUps ?? new Histogram();
    expect(wakeUps.count).toBe(21);
    expect(wakeUps.most).toBeLessThan(1_100);
    expect(wakeUps.most).toBeGreaterThan(DEFAULT_COSTS.contextSwitch / 1_000);
  });
});

describe("a histogram", () => {
  test("knows how many values there are of each size", () => {
    const histogram = new Histogram();
    for (let value = 0; value < 1_000; value++) histogram.add(value);
    expect(histogram).toMatchObject({ count: 1_000, least: 0, most: 999, mean: 499.5 });
    expect(histogram.classes.reduce((sum, each) => sum + each.count, 0)).toBe(1_000);
    for (const { from, to, count } of histogram.classes.slice(0, -1)) expect(count).toBe(to - from + 1);
    for (const part of [0.5, 0.9, 0.99]) {
      expect(Math.abs(histogram.percentile(part) - part * 1_000)).toBeLessThan(part * 70);
    }
  });

  test("of nothing is all zeros", () => {
    expect(new Histogram()).toMatchObject({ count: 0, least: 0, most: 0, mean: 0 });
    expect(new Histogram().percentile(0.5)).toBe(0);
  });
});
