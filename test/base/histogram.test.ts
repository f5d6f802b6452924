// Goal: what a histogram says of values is true of them, however few classes it has. Method: any values, with fractions too, and
// what sorting them says.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Histogram } from "#base/histogram";

const values = fc.array(
  fc.oneof(fc.nat(40), fc.nat(1e9), fc.double({ min: 0, max: 5_000, noNaN: true, noDefaultInfinity: true })),
  { minLength: 1, maxLength: 60 },
);

function histogramOf(all: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of all) histogram.add(value);
  return histogram;
}

test("a percentile is one of the values, is exceeded by as few as it says, and is not a sixteenth too great", () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1), (all, part) => {
      const sorted = all.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
      const told = histogramOf(all).percentile(part);
      expect(all).toContain(told);
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(exact + Math.max(1, exact / 16));
    }),
  );
});

test("the median of times that are all alike is that time, and not the end of its class", () => {
  expect(histogramOf([2101, 2102, 2102, 4207]).percentile(0.5)).toBe(2102);
  expect(histogramOf([1.5, 1.5, 1.62]).percentile(0.5)).toBe(1.62);
});

test("two together are what one would be that counted all", () => {
  fc.assert(
    fc.property(values, values, (some, others) => {
      const both = histogramOf(some).with(histogramOf(others));
      const all = histogramOf([...some, ...others]);
      expect(both.classes).toEqual(all.classes);
      expect([both.count, both.least, both.most]).toEqual([all.count, all.least, all.most]);
      expect(both.percentile(0.9)).toBe(all.percentile(0.9));
    }),
  );
});
