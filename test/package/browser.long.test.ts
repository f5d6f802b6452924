// Goal: Lockstep needs no Node to explore: the library as it is bundled for a browser finds the same there as here.
// Method: a page bundles drivers, scenario and explorer, with no stand-in for any module of Node; headless Chromium
// carries it out, and what it says is compared with what the same module says in this process.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, describe, expect, test } from "vitest";
import { exploreInPage } from "./fixtures/page.js";

const CHROMIUM = "/usr/bin/chromium";

let browser: Browser | null = null;
afterAll(() => browser?.close());

describe("in a browser", () => {
  test("the bundle imports nothing: no module of Node, no package", async () => {
    const { imports, warnings } = await bundle();
    expect({ imports, warnings }).toEqual({ imports: [], warnings: [] });
  });

  test("an exploration finds the same deadlock, and the same proof", async (context) => {
    if (!existsSync(CHROMIUM)) context.skip(`left out: there is no ${CHROMIUM} (the Debian package "chromium")`);
    const { code } = await bundle();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--headless", "--no-sandbox", "--disable-gpu"],
    });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.exposeFunction("bundled", () => code);
    const found: unknown = await page.evaluate(`(async () => {
      const script = new Blob([await bundled()], { type: "text/javascript" });
      return (await import(URL.createObjectURL(script))).exploreInPage();
    })()`);
    expect(errors).toEqual([]);
    expect(found).toEqual(exploreInPage());
    expect(found).toMatchObject({ broken: { outcome: "deadlock" }, correct: { outcome: "finished", exhausted: true } });
  });
});

interface Bundle {
  readonly code: string;
  readonly imports: readonly string[];
  readonly warnings: readonly string[];
}

async function bundle(): Promise<Bundle> {
  const warnings: string[] = [];
  const build = await rolldown({
    input: fileURLToPath(new URL("fixtures/page.ts", import.meta.url)),
    platform: "browser",
    resolve: { conditionNames: ["lockstep-source", "browser", "import", "default"] },
    onLog: (_level, log) => void warnings.push(log.message),
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  return { code: output[0].code, imports: output[0].imports, warnings };
}
