// Goal: what is exported can be read by those whom it is for. Method: exports of small deadlocks, held to the published schema, to
// the rules of the form, and to what the execution is known to hold.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { EVENT_KINDS } from "#trace/event";
import { OUTCOMES } from "#kernel/outcome";
import { lockstep } from "../cli/capture.js";
import { longRun, scratch } from "./pages.js";

const { folder, remove } = scratch();
afterAll(remove);

async function exported(word: string, format: string, ...more: string[]): Promise<string> {
  const { code, out, error } = await lockstep(["export", word, "--format", format, ...more], {
    folder: import.meta.dirname,
  });
  expect(error).toBe("");
  expect(code).toBe(0);
  return out;
}

describe("the JSON trace", () => {
  const schema = JSON.parse(readFileSync(join(installationRoot, "docs/trace.schema.json"), "utf8")) as Schema;
  interface Schema {
    readonly definitions: Record<string, { properties: Record<string, { enum?: string[] }> }>;
    readonly [key: string]: unknown;
  }

  test.each(["fixtures/lost-notify.ts", longRun(2), "fixtures/hostile.ts"])("of %s fits the schema", async (word) => {
    const trace: unknown = JSON.parse(await exported(word, "json"));
    const validate = new Ajv({ allErrors: true }).compile(closed(schema) as object);
    expect(validate(trace), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  test("is refused by the schema when something is missing or new", async () => {
    const trace = JSON.parse(await exported(longRun(1), "json")) as { events: object[] };
    const validate = new Ajv().compile(closed(schema) as object);
    const [event = {}, ...others] = trace.events;
    expect(validate({ ...trace, version: 2 })).toBe(false);
    expect(validate({ ...trace, events: [{ ...event, kind: "nonsense" }, ...others] })).toBe(false);
    expect(validate({ ...trace, events: [{ ...event, surprise: 1 }, ...others] })).toBe(false);
  });

  test("has a schema that knows every kind of event and every outcome", () => {
    expect(schema.definitions["event"]?.properties["kind"]?.enum).toEqual([...EVENT_KINDS]);
    expect(schema.definitions["outcome"]?.properties["kind"]?.enum).toEqual([...OUTCOMES]);
  });

  // New fields are allowed to come; a test must notice them all the same, so that the schema tells of them.
  function closed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(closed);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, closed(each)]);
    const isObject = "properties" in value && "required" in value;
    return Object.fromEntries(isObject ? [...entries, ["additionalProperties", false]] : entries);
  }
});

describe("the trace for Chrome and Perfetto", () => {
  interface Slice {
    readonly name: string;
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts: number;
    readonly dur: number;
    readonly id: number;
    readonly args: { readonly name: string };
  }
  const slicesOf = async (word: string): Promise<readonly Slice[]> =>
    (JSON.parse(await exported(word, "chrome-trace")) as { traceEvents: Slice[] }).traceEvents;

  test("has a track for each thread and each lock", async () => {
    const names = (await slicesOf("fixtures/lost-notify.ts"))
      .filter(({ name, ph }) => name === "thread_name" && ph === "M")
      .map(({ args }) => args.name);
    expect(names).toEqual(expect.arrayContaining(["reader", "closer", 'mutex "read lock"']));
  });

  test.each(["fixtures/lost-notify.ts", longRun(20)])(
    "of %s has no two slices of a track that overlap",
    async (word) => {
      const tracks = new Map<string, Slice[]>();
      for (const slice of await slicesOf(word)) {
        if (slice.ph !== "X") continue;
        const key = `${slice.pid} ${slice.tid}`;
        tracks.set(key, [...(tracks.get(key) ?? []), slice]);
      }
      for (const slices of tracks.values()) {
        slices.sort((a, b) => a.ts - b.ts);
        slices.forEach((slice, place) => {
          const next = slices[place + 1];
          if (next !== undefined)
            expect(slice.ts + slice.dur, JSON.stringify([slice, next])).toBeLessThanOrEqual(next.ts);
        });
      }
    },
  );

  test("has a flow for each wake-up, from the waker to the woken, forwards in time", async () => {
    const slices = await slicesOf(longRun(2));
    const starts = slices.filter(({ ph }) => ph === "s");
    expect(starts.length).toBeGreaterThan(0);
    for (const start of starts) {
      const end = slices.find(({ ph, id }) => ph === "f" && id === start.id);
      expect(end?.ts).toBeGreaterThanOrEqual(start.ts);
      expect(end?.tid).not.toBe(start.tid);
    }
  });
});

describe("the sequence diagram", () => {
  test("tells the interleaving, and who waits for ever", async () => {
    const text = await exported("fixtures/lost-notify.ts", "mermaid");
    expect(text).toMatch(/^sequenceDiagram\n {2}title deadlock/);
    expect(text).toMatch(/participant T\d+ as reader/);
    expect(text).toMatch(/T\d+-xT\d+: \d+ notify all .*found nobody/);
    expect(text).toMatch(/Note over T\d+: .* for ever/);
  });

  test("of a long execution is folded, and short", async () => {
    const text = await exported(longRun(60), "mermaid");
    expect(text.split("\n").length).toBeLessThan(110);
    expect(text).toMatch(/steps before these left out/);
  });

  test("of a hostile scenario holds no sign of the language in a name", async () => {
    const lines = (await exported("fixtures/hostile.ts", "mermaid")).trimEnd().split("\n").slice(1);
    for (const line of lines) {
      expect(line).toMatch(/^ +(title |participant T\d+ as |Note over [T\d,]+: |T\d+(->>|-->>|-x)T\d+: |loop |end$)/);
      const words = line.replace(/^ +(title |participant T\d+ as |Note over [T\d,]+: |T\d+\S+T\d+: )/, "");
      expect(words.replace(/#\d+;/g, "")).not.toMatch(/[#;:<>"&{}%]|\bend\b./i);
    }
  });
});

describe("an existing file", () => {
  const words = ["export", longRun(1), "--format", "json", "-o"];
  const put = async (path: string, ...more: string[]): Promise<{ code: number; error: string; text: string }> => {
    const { code, error } = await lockstep([...words, path, ...more], { folder: import.meta.dirname });
    return { code, error, text: readFileSync(path, "utf8") };
  };

  test("that is no export is refused, and stays as it is", async () => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, "mine");
    const { code, error, text } = await put(path);
    expect({ code, text }).toEqual({ code: 2, text: "mine" });
    expect(error).toContain("notes.txt is there already, and is not an export of Lockstep's: --force writes over it");
    expect(await put(path, "--force")).toMatchObject({ code: 0, text: expect.stringContaining("lockstep-trace") });
  });

  test.each(["chrome-trace", "mermaid", "json", "pcapng"])(
    "that is an export as %s is written over",
    async (format) => {
      const path = join(folder, `again.${format}`);
      const first = await lockstep(["export", longRun(1), "--format", format, "-o", path], {
        folder: import.meta.dirname,
      });
      expect(first.code).toBe(0);
      expect(await put(path)).toMatchObject({ code: 0, text: expect.stringContaining("lockstep-trace") });
    },
  );

  test("that is empty is written over; a page is none of export's", async () => {
    const path = join(folder, "empty");
    writeFileSync(path, "");
    const page = await lockstep(["report", longRun(1), "-o", path], { folder: import.meta.dirname });
    expect(page.code).toBe(0);
    expect((await put(path)).error).toContain("is not an export");
    const again = await lockstep(["report", longRun(1), "-o", path], { folder: import.meta.dirname });
    expect(again.code).toBe(0);
    writeFileSync(path, "<!doctype html>\n<p>mine");
    const mine = await lockstep(["report", longRun(1), "-o", path], { folder: import.meta.dirname });
    expect(mine).toMatchObject({ code: 2, error: expect.stringContaining("is not a page of Lockstep's") });
  });
});

test("packets are written as pcapng, to a file", async () => {
  const path = join(folder, "packets.pcapng");
  const words = ["ls1:vpn-correct:1:kdebug:measured:::", "--format", "pcapng"];
  const { code, out } = await lockstep(["export", ...words, "-o", path], { folder });
  expect(code).toBe(0);
  expect(out).toMatch(/packets\.pcapng: [1-9]\d* packets/);
  expect(readFileSync(path).readUInt32LE(0)).toBe(0x0a0d0d0a);
  const { code: without, error } = await lockstep(["export", ...words], { folder });
  expect(without).toBe(2);
  expect(error).toMatch(/say with -o FILE.pcapng/);
});

describe("explain", () => {
  test("prints the explanation alone", async () => {
    const { code, out } = await lockstep(["explain", "fixtures/lost-notify.ts"], { folder: import.meta.dirname });
    expect(code).toBe(0);
    expect(out).toMatch(/^deadlock: lost wakeup on condition variable "readable"/);
    expect(out).toMatch(/ hint: /);
    expect(out).toMatch(/\nreplay: +lockstep replay ls1:/);
    expect(out).not.toMatch(/^ step /m);
    // What judges say that the explanation says already is not said again.
    expect(out).not.toMatch(/beside:[^]*\((deadlock|lost-wakeup)\)/);
  });

  test("gives the same schedule that replays it, as JSON", async () => {
    const words = ["explain", "fixtures/lost-notify.ts", "--json"];
    const { out } = await lockstep(words, { folder: import.meta.dirname });
    const { schedule, title } = JSON.parse(out) as { schedule: string; title: string };
    const again = await lockstep(["explain", schedule, "--json"], { folder: import.meta.dirname });
    expect((JSON.parse(again.out) as { title: string }).title).toBe(title);
  });
});
