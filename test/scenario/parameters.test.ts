// Goal: what is given for a parameter is of its kind, and reads back from a schedule as it was. Method: values and pairs.
import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "#base/assert";
import { parametersAsText, parseParameters } from "#scenario/parameters";
import { scenario } from "#scenario/types";

const declared = scenario("declared", {
  parameters: {
    count: { default: 1, about: "how many" },
    name: { default: "tap0", about: "whose" },
    nonblocking: { default: false, about: "whether it waits" },
  },
  *run() {},
});

test("a value has its declared parameter's type", () => {
  expect(parseParameters(declared, ["count=-2.5", "name=3", "nonblocking=true"])).toEqual({
    count: -2.5,
    name: "3",
    nonblocking: true,
  });
});

test("only the first = divides, and a text may be empty", () => {
  expect(parseParameters(declared, ["name=a=b"])).toEqual({ name: "a=b" });
  expect(parseParameters(declared, ["name="])).toEqual({ name: "" });
});

test("values read back as they were written", () => {
  const values = fc.record({
    count: fc.double({ noNaN: true, noDefaultInfinity: true }),
    name: fc.string(),
    nonblocking: fc.boolean(),
  });
  fc.assert(
    fc.property(values, (given) => {
      const pairs = Object.entries(parametersAsText(given)).map(([name, value]) => `${name}=${value}`);
      expect(parseParameters(declared, pairs)).toEqual({ ...given, count: given.count + 0 });
    }),
  );
});

test.each(["count", "=1", "count=", "count=x", "count=Infinity", "nonblocking=yes", "toString=1", "__proto__=1"])(
  "%s is refused",
  (pair) => {
    expect(() => parseParameters(declared, [pair])).toThrow(InputError);
  },
);
