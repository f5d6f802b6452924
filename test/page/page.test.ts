// Goal: a page says what happened and why, stands alone, and lets nothing of the scenario out of its quotes. Method: pages written by
// the command, read as text; what is drawn is read from the data that the page carries.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PageData, Run } from "#page/data";
import { lockstep } from "../cli/capture.js";
import { dataOf, longRun, scratch, writtenPage } from "./pages.js";

const { folder, remove } = scratch();
afterAll(remove);

function first(data: PageData): Run {
  const [run] = data.runs;
  if (run === undefined) throw new Error("the page has no execution");
  return run;
}

describe("the page of a deadlock of two locks", () => {
  let path = "";
  let run: Run;
  let data: PageData;
  const nameOf = (lane: number): string => run.lanes[lane]?.name ?? "";
  beforeAll(async () => {
    path = await writtenPage(folder, "../cli/fixtures/two-locks.ts");
    data = dataOf(path);
    run = first(data);
  }, 30_000);

  test("opens with the explanation, its hint and the command that replays it", () => {
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/<h1>.*deadlock.*wait for each other<\/h1>/);
    expect(text).toContain("Take the locks in one order everywhere");
    expect(text).toMatch(/id="replay" readonly value="lockstep replay ls1:[^"]+"/);
  });

  test("says who holds which lock at the end, and who waits for it, for ever", () => {
    const end = run.rows.length - 1;
    const held = run.holds.filter(({ to }) => to === end).map(({ lane, name }) => `${nameOf(lane)} holds ${name}`);
    const waits = run.waits
      .filter(({ isForEver }) => isForEver)
      .map(({ lane, name, holder }) => `${nameOf(lane)} waits for ${name}, held by ${nameOf(holder)}`);
    expect(held.sort()).toEqual(["one holds a", "two holds b"]);
    expect(waits.sort()).toEqual(["one waits for b, held by two", "two waits for a, held by one"]);
  });

  test("begins at the end, with the line at which somebody is stuck", () => {
    expect(run.rows[run.start]?.kind).toBe("end");
    const place = data.places[run.rows[run.start]?.frame ?? -1];
    expect(place?.name).toBe("both");
    const source = data.files.find(({ name }) => name === place?.file)?.text.split("\n");
    expect(source?.[(place?.line ?? 0) - 1]).toContain("second.lock()");
  });

  test("marks the failing steps, and those that the explanation names", () => {
    const failing = run.rows.filter(({ weight, kind }) => weight === "failing" && kind === "step");
    expect(failing.map(({ lane, text }) => `${nameOf(lane)} ${text}`).sort()).toEqual(['one lock "a"', 'two lock "b"']);
  });

  test("shows a schedule beside it that passes, and the first row in which the two differ", () => {
    const [fails, passes] = data.runs;
    expect(passes?.outcome).toBe("finished");
    const words = (of: Run | undefined, row: number): string =>
      JSON.stringify([of?.rows[row]?.text, of?.lanes[of.rows[row]?.lane ?? -1]?.name]);
    expect(data.difference).toBeGreaterThan(0);
    expect(words(fails, data.difference)).not.toBe(words(passes, data.difference));
    for (let row = 0; row < data.difference; row++) expect(words(fails, row)).toBe(words(passes, row));
  });
});

test("a notify that wakes nobody goes to nobody, and who waits afterwards waits for ever", async () => {
  const run = first(dataOf(await writtenPage(folder, "fixtures/lost-notify.ts")));
  const lost = run.arrows.find(({ kind }) => kind === "nobody");
  expect(run.rows[lost?.row ?? 0]?.text).toBe('notify all "readable"');
  const wait = run.waits.find(({ isForEver, type }) => isForEver && type === "condition variable");
  expect(wait).toMatchObject({ name: "readable", holder: -1 });
  expect(wait?.from).toBeGreaterThan(lost?.row ?? 0);
});

test("a notify leads to the thread that it woke, and ends its wait", async () => {
  const run = first(dataOf(await writtenPage(folder, longRun(2))));
  const woken = run.arrows.filter(({ kind }) => kind === "notify");
  expect(woken.length).toBeGreaterThan(0);
  for (const { row, to } of woken) expect(run.waits.some((wait) => wait.lane === to && wait.to === row)).toBe(true);
});

test("a panic is shown at its step, with the memory that was freed and the descriptors that were open", async () => {
  const data = dataOf(await writtenPage(folder, "notify-in-close"));
  const run = first(data);
  expect(run.rows[run.start]?.effects.map(({ text }) => text)).toContain("PANIC");
  const before = run.changes.filter(({ row }) => row <= run.start);
  expect(before.filter(({ isBad }) => isBad).map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/freed by /),
  );
  expect(before.filter(({ group }) => group === "descriptors").map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/: \/dev\/.* \(open count \d, references \d\)/),
  );
});

test("the policy allows the page's own style and script, by their hashes, and nothing else", async () => {
  const text = readFileSync(await writtenPage(folder, longRun(1)), "utf8");
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
  const hash = (part: string): string => `'sha256-${createHash("sha256").update(part).digest("base64")}'`;
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
  const [, script = ""] = /<script>(.*?)<\/script>/s.exec(text) ?? [];
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(text).not.toMatch(/(src|href)=|https?:|@import|url\(/);
});

describe("a hostile scenario", () => {
  test("stays within its quotes", async () => {
    const text = readFileSync(await writtenPage(folder, "fixtures/hostile.ts"), "utf8");
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script/g)).toHaveLength(2);
    expect(text).not.toMatch(/<img|<!--/);
    expect(text).toContain("&lt;/script&gt;&lt;script&gt;");
  });

  test("loses nothing of its names", async () => {
    const { HOSTILE } = await import("./fixtures/hostile.js");
    const run = first(dataOf(await writtenPage(folder, "fixtures/hostile.ts")));
    const names = run.holds.map(({ name }) => name);
    // What nobody sees is written out.
    expect(names).toContain(`first ${HOSTILE}`.replace("\u2028", "\\u2028").replace("\u202e", "\\u202e"));
  });
});

test("several CPUs are shared out while exploring: whoever has interrupts off keeps his", async () => {
  const run = first(dataOf(await writtenPage(folder, "fixtures/two-cpus.ts")));
  expect(run.cpus.map(({ name }) => name)).toEqual(["0", "1"]);
  const steps = run.rows.filter(({ kind }) => kind === "step");
  expect(steps.every(({ cpu }) => cpu === 0 || cpu === 1)).toBe(true);
  const [off, acquires] = ["disable interrupts", "acquire spinlock"].map((verb) =>
    run.rows.findIndex(({ text }) => text.startsWith(verb)),
  );
  if (off === undefined || acquires === undefined || off < 0) throw new Error("the spinner did not spin");
  const kept = run.rows[off]?.cpu;
  expect(run.rows[acquires]?.cpu).toBe(kept);
  for (const { cpu } of run.rows.slice(off + 1, acquires)) expect(cpu).not.toBe(kept);
});

test("the packets in a queue are told with their bytes, until they are taken", async () => {
  const run = first(dataOf(await writtenPage(folder, "tun-close-traffic")));
  const packets = run.changes.filter(({ group }) => group === "packets");
  const [full] = packets.filter(({ text }) => /: \d+ packets?, /.test(text));
  expect(full?.text).toMatch(/: \d+ packets?, \d+ bytes?: \d+: ([0-9a-f]{2} ?)+/);
  expect(packets.some(({ key, row, text }) => key === full?.key && row > full.row && text.endsWith(": empty"))).toBe(
    true,
  );
});

describe("wrong usage is refused:", () => {
  const token = longRun(1);
  const refused: [what: string, words: string[], message: RegExp][] = [
    ["no file to write", ["report", token], /say which with -o FILE.html/],
    ["a folder for a file", ["report", token, "-o", "."], /cannot be written: it is a folder/],
    ["neither schedule nor scenario", ["report", "nonsense", "-o", "x.html"], /no scenario called "nonsense"/],
    ["a schedule cut off", ["report", token.slice(0, 20), "-o", "x.html"], /has 8 fields/],
    ["a search for a schedule", ["report", token, "--cpus", "2", "-o", "x.html"], /--cpus is for a scenario/],
    [
      "beside one of another scenario",
      ["report", token, "--beside", "ls1:merged-close:1:kdebug:adversarial:::", "-o", "x.html"],
      /same scenario/,
    ],
  ];
  test.each(refused)("%s", async (_what, words, message) => {
    const { code, out, error } = await lockstep(words, { folder: import.meta.dirname });
    expect(error).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});
