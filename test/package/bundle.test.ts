// Goal: that what is built lies in few files is seen by nobody but the clock. Method: the package is built, and in processes of its own
// asked for modules by all their names, for stacks, and for how many files a command loads.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { build, node, type Built } from "../workers/built.js";

let built: Built;
beforeAll(() => {
  built = build();
}, 60_000);
afterAll(() => built.remove());

describe("a module of the package", () => {
  test("is the same by every name", async () => {
    const one = ["./dist/src/sync/mutex.js", "./dist/src/index.js", "./dist/src/kernel-export.js", "lockstep"];
    const code = `const all = await Promise.all(${JSON.stringify(one)}.map((name) => import(name)));
      console.log(String(all.every(({ Mutex }) => Mutex === all[0].Mutex)));`;
    expect(await inside(code)).toBe("true\n");
  });

  test("gives what it gave before it was bundled", async () => {
    const folder = join(installationRoot, "src");
    const files = ["sync", "report", "judges", "kdl", "script"].flatMap((layer) =>
      readdirSync(join(folder, layer))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${layer}/${file}`),
    );
    const names = Object.fromEntries(files.map((file) => [file, exportsIn(readFileSync(join(folder, file), "utf8"))]));
    const code = `const wanted = ${JSON.stringify(names)};
      for (const [file, names] of Object.entries(wanted)) {
        const found = Object.keys(await import("./dist/src/" + file.replace(/ts$/, "js")));
        for (const name of names) if (!found.includes(name)) console.log(file, name);
      }`;
    expect(files.length).toBeGreaterThan(50);
    expect(await inside(code)).toBe("");
  });

  test("asks for no module of Node where a browser can run it", async () => {
    const bundle = await rolldown({
      input: join(built.folder, "dist/src/index.js"),
      platform: "browser",
      cwd: built.folder,
    });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    expect(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.imports : []))).toEqual([]);
  });
});

describe("a stack", () => {
  const WATCH = `import { compile, watch } from "lockstep";
    const scenario = (await import("./dist/scenarios/merged-close.js")).default;
    const { events } = watch(compile(scenario), { time: "measured" });
    console.log(JSON.stringify(events.map(({ frames }) => frames)));`;

  test("leads to the lines that were written, with the engine's source maps and without", async () => {
    const plain = framesOf(await inside(WATCH));
    expect(plain).toEqual(framesOf(await inside(WATCH, "--enable-source-maps")));
    const files = new Set(plain.map(({ file }) => file));
    expect(files).toContain("src/sync/sleeping-lock.ts");
    expect(files).toContain("drivers/tun/history/merged.ts");
    expect([...files].filter((file) => !existsSync(join(installationRoot, file)))).toEqual([]);
    expect(plain.map(lineOf).filter((line) => /^\s*(?:\/\/.*|\/?\*.*|import .*|)$/.test(line))).toEqual([]);
  });
});

describe("starting", () => {
  test("a command loads few files", async () => {
    const count = async (...words: readonly string[]): Promise<number> => {
      const hooks = join(installationRoot, "test/package/fixtures/told-loads.mjs");
      const { error } = await node(built, ["--no-warnings", "--experimental-loader", hooks, built.main, ...words]);
      return error.split("\n").filter((line) => /^loads .*\/dist\//.test(line)).length;
    };
    expect(await count("--version")).toBeLessThanOrEqual(6);
    expect(await count("explore", "classic/dining")).toBeLessThanOrEqual(16);
  });
});

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

function framesOf(answer: string): Frame[] {
  return (JSON.parse(answer) as Frame[][]).flat();
}

function lineOf({ file, line }: Frame): string {
  return readFileSync(join(installationRoot, file), "utf8").split("\n")[line - 1] ?? "";
}

function exportsIn(text: string): string[] {
  return [...text.matchAll(/^export (?:const|function\*?|class) (\w+)/gm)].map(([, name = ""]) => name);
}

async function inside(code: string, ...options: readonly string[]): Promise<string> {
  const { code: status, out, error } = await node(built, [...options, "--input-type=module", "-e", code]);
  expect({ status, error }).toEqual({ status: 0, error: "" });
  return out;
}
