// Goal: a place in what was built leads to the line that was written. Method: source maps in a folder of their own, whole and in
// sections, as a compiler and a bundler write them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "@jridgewell/sourcemap-codec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writtenAt } from "#trace/written";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-written-")).replaceAll("\\", "/");
  writeFileSync(join(folder, "whole.js.map"), JSON.stringify({ version: 3, ...ONE }));
  const sections = [
    { offset: { line: 2, column: 0 }, map: { version: 3, ...ONE } },
    { offset: { line: 6, column: 0 }, map: { version: 3, ...OTHER } },
  ];
  writeFileSync(join(folder, "chunk.js.map"), JSON.stringify({ version: 3, sections }));
  writeFileSync(join(folder, "broken.js.map"), "{");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Line 1 was written in line 11, and from column 8 on in line 41; line 2 is a compiler's; line 3 was written in line 5. */
const ONE = {
  sources: ["../src/./one.ts"],
  mappings: encode([
    [
      [0, 0, 10, 0],
      [8, 0, 40, 2],
    ],
    [],
    [[4, 0, 4, 0]],
  ]),
};
/** Nothing of line 1 was written. */
const OTHER = { sources: ["other.ts"], mappings: encode([[], [[0, 0, 99, 0]]]) };

describe("where something was written", () => {
  test("is the line whose code stands there, or begins last before", () => {
    expect(at("whole.js", 1, 1)).toEqual([`${above()}/src/one.ts`, 11]);
    expect(at("whole.js", 1, 8)).toEqual([`${above()}/src/one.ts`, 11]);
    expect(at("whole.js", 1, 9)).toEqual([`${above()}/src/one.ts`, 41]);
    expect(at("whole.js", 3, 30)).toEqual([`${above()}/src/one.ts`, 5]);
  });

  test("is, of what a compiler has added, the code before it", () => {
    expect(at("whole.js", 2, 1)).toEqual([`${above()}/src/one.ts`, 41]);
    expect(at("whole.js", 3, 1)).toEqual([`${above()}/src/one.ts`, 41]);
    expect(at("whole.js", 300, 1)).toEqual([`${above()}/src/one.ts`, 5]);
  });

  test("is looked up in the section of its module, and in no other", () => {
    expect(at("chunk.js", 3, 9)).toEqual([`${above()}/src/one.ts`, 41]);
    expect(at("chunk.js", 6, 1)).toEqual([`${above()}/src/one.ts`, 5]);
    expect(at("chunk.js", 7, 1)).toBeNull();
    expect(at("chunk.js", 8, 1)).toEqual([`${folder}/other.ts`, 100]);
    expect(at("chunk.js", 1, 1)).toBeNull();
  });

  test("is not known without a map that can be read", () => {
    expect(at("none.js", 1, 1)).toBeNull();
    expect(at("broken.js", 1, 1)).toBeNull();
  });
});

function at(file: string, line: number, column: number): [string, number] | null {
  const found = writtenAt(`${folder}/${file}`, line, column);
  return found === null ? null : [found.path, found.line];
}

function above(): string {
  return folder.slice(0, folder.lastIndexOf("/"));
}
