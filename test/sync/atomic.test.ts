// Goal: atomics give the value before and wrap at 32 bits; shared cells are plain variables that the explorer sees.
import { expect, test } from "vitest";
import { struct } from "#kernel/struct";
import { Atomic, atomic } from "#sync/atomic";
import { shared } from "#sync/shared";
import { adversarial, measured } from "../kernel/running.js";

test("each operation gives what was there before it", () => {
  const { log } = measured((kernel, log) => {
    const a = new Atomic(kernel, 5, "a");
    return {
      *main() {
        log.push(yield* a.get(), yield* a.add(3), yield* a.get());
        log.push(yield* a.set(1), yield* a.get());
        log.push(yield* a.testAndSet(7, 2), yield* a.get(), yield* a.testAndSet(7, 1), yield* a.get());
        log.push(yield* a.or(8), yield* a.get(), yield* a.and(12), yield* a.get(), yield* a.getAndSet(3), a.final);
      },
    };
  });
  expect(log).toEqual([5, 5, 8, undefined, 1, 1, 1, 1, 7, 7, 15, 15, 12, 12, 3]);
});

test("values are int32: they wrap, and a word compares with the number it is", () => {
  const { log } = measured((kernel, log) => {
    const a = new Atomic(kernel, 0x7fff_ffff, "a");
    return {
      *main() {
        log.push(yield* a.add(1), yield* a.get());
        yield* a.set(0xdead_beef);
        log.push(yield* a.testAndSet(0, 0xdead_beef), yield* a.get());
      },
    };
  });
  expect(log).toEqual([0x7fff_ffff, -0x8000_0000, 0xdead_beef | 0, 0]);
});

test("adding is atomic, reading and setting is not", () => {
  const sums = (atomically: boolean): string[] =>
    adversarial((kernel, log) => {
      const a = new Atomic(kernel, 0, "a");
      const done = new Atomic(kernel, 0, "done");
      const body = function* (): Generator<undefined, void, void> {
        if (atomically) yield* a.add(1);
        else yield* a.set((yield* a.get()) + 1);
        if ((yield* done.add(1)) === 1) log.push(a.final);
      };
      return { left: body, right: body };
    }).ends;
  expect(sums(true)).toEqual(["finished 2"]);
  expect(sums(false)).toEqual(["finished 1", "finished 2"]);
});

test("freed, an atomic reads 0xdeadbeef as a number with a sign", () => {
  const Counter = struct("Counter", { count: atomic() });
  const { log } = measured((kernel, log) => ({
    *main() {
      const counter = kernel.heap.new(Counter);
      kernel.heap.delete(counter);
      log.push(yield* counter.count.get());
    },
  }));
  expect(log).toEqual([0xdead_beef | 0]);
});

test("a shared cell is read and written between points; what was read before a point may be old after it", () => {
  const { ends } = adversarial((kernel, log) => {
    const cell = shared(kernel, 0, "cell");
    const point = new Atomic(kernel, 0, "point");
    const done = shared(kernel, 0, "done");
    const body = function* (): Generator<undefined, void, void> {
      const before = cell.value;
      yield* point.get();
      cell.value = before + 1;
      if (++done.value === 2) log.push(cell.value);
    };
    return { left: body, right: body };
  });
  expect(ends).toEqual(["finished 1", "finished 2"]);
});
