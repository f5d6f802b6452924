// Goal: memory for packets is given out once, and zero. Method: many lengths, each filled as soon as it was given.
import { expect, test } from "vitest";
import { copyBytes, newBytes } from "#base/bytes";

test("new bytes are zero, and belong to nobody else", () => {
  const lengths = [0, 1, 20, 64, 65, 1_400, 9_000, 40_000];
  const given = Array.from({ length: 400 }, (_, round) => {
    const bytes = newBytes(lengths[round % lengths.length] ?? 0);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    return bytes.fill(round & 0xff);
  });
  given.forEach((bytes, round) => expect(bytes.every((byte) => byte === (round & 0xff))).toBe(true));
});

test("a copy has the same bytes, and keeps them", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const copy = copyBytes(bytes);
  bytes.fill(9);
  expect([...copy]).toEqual([1, 2, 3]);
});
