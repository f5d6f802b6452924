// Goal: the one source of chance is the same for the same seed, and even.
import { expect, test } from "vitest";
import { Prng } from "#base/prng";

const first = (seed: number, count: number): number[] => {
  const prng = new Prng(seed);
  return Array.from({ length: count }, () => prng.next());
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(first(1, 20)).toEqual(first(1, 20));
  expect(first(1, 20)).not.toEqual(first(2, 20));
  expect(first(0, 4)).toHaveLength(new Set(first(0, 4)).size);
});

test("only the low 32 bits of a seed count, and a negative one is one", () => {
  expect(first(2 ** 32 + 5, 5)).toEqual(first(5, 5));
  expect(first(-1, 5)).toEqual(first(0xffff_ffff, 5));
});

test("below(n) stays below n and gives every number about as often", () => {
  const prng = new Prng(7);
  for (const bound of [1, 2, 3, 7, 10, 2 ** 31 + 1]) {
    for (let i = 0; i < 200; i++) {
      const value = prng.below(bound);
      expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
    }
  }
  const counts = Array.from({ length: 6 }, () => 0);
  for (let i = 0; i < 6_000; i++) {
    const value = prng.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test("fraction() is in [0, 1)", () => {
  const prng = new Prng(9);
  for (let i = 0; i < 1_000; i++) {
    const value = prng.fraction();
    expect(value >= 0 && value < 1).toBe(true);
  }
});
