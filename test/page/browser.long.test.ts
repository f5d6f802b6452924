// Goal: the page works where it is read: content, keys, both themes, a screen reader's view, nothing on the console, and quick with
// ten thousand steps. Method: headless Chromium, with the script as plain tsc compiles it. Without Chromium all of it is left out.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { dataOf, longRun, scratch, writtenPage } from "./pages.js";

const CHROMIUM = "/usr/bin/chromium";
const isThere = existsSync(CHROMIUM);
const { folder, remove } = scratch();
let browser: Browser;

beforeAll(async () => {
  if (!isThere) {
    console.warn(`left out: there is no ${CHROMIUM} (the Debian package chromium)`);
    return;
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
}, 60_000);
afterAll(async () => {
  if (isThere) await browser.close();
  remove();
});

// What is asked inside the page: its names are the browser's, not ours.
const WATCH_READY = `new MutationObserver(() => {
  if (document.documentElement.dataset.ready !== undefined) window.readyAt ??= performance.now();
}).observe(document, { subtree: true, attributes: true })`;
const READY_AFTER = `window.readyAt - performance.getEntriesByType("navigation")[0].responseStart`;
const SHADES = `(() => {
  const canvas = document.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data.filter((_, place) => place % 4 === 0)).size;
})()`;
const MOVING = `(() => {
  const begun = performance.now();
  for (let i = 0; i < 100; i++) document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp" }));
  return performance.now() - begun;
})()`;

// The slowest of some frames in which much changes: only what led to the end, all of it on one screen, and back.
const REDRAWING = `(async () => {
  let slowest = 0;
  for (const key of ["c", "c", "-", "-", "0", "c", "c", "+", "End", "PageUp"]) {
    const begun = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key }));
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    slowest = Math.max(slowest, performance.now() - begun);
  }
  return slowest;
})()`;

const complaints: string[] = [];

async function opened(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options });
  complaints.length = 0;
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) complaints.push(request.url());
  });
  await page.addInitScript(WATCH_READY);
  await page.goto(`file://${path}`);
  await page.waitForSelector("html[data-ready]", { timeout: 10_000 });
  return page;
}

const status = (page: Page): Promise<string> => page.locator("#status").innerText();

async function press(page: Page, ...keys: string[]): Promise<string> {
  for (const key of keys) await page.keyboard.press(key);
  return await status(page);
}

/** The page with its script as it is built, which says the same as the one that was made from the sources. */
function withBuiltScript(path: string): void {
  const out = join(folder, "built");
  mkdirSync(out, { recursive: true });
  const compiler = join(installationRoot, "node_modules/typescript/lib/tsc.js");
  const project = join(installationRoot, "tsconfig.page.json");
  const { status: code, stdout } = spawnSync(process.execPath, [compiler, "-p", project, "--outDir", out], {
    encoding: "utf8",
  });
  expect(code, stdout).toBe(0);
  const script = `(() => {\n"use strict";\n${[
    "model",
    "palette",
    "paint",
    "paint-signs",
    "chart",
    "panels",
    "source",
    "table",
    "main",
  ]
    .map((name) => readFileSync(join(out, `src/page/browser/${name}.js`), "utf8"))
    .join("\n")}\n})();`;
  const hash = createHash("sha256").update(script).digest("base64");
  const text = readFileSync(path, "utf8")
    .replace(/<script>.*?<\/script>/s, () => `<script>${script}</script>`)
    .replace(/script-src 'sha256-[^']*'/, `script-src 'sha256-${hash}'`);
  writeFileSync(path, text);
}

describe.skipIf(!isThere)("the page of a lost notify", () => {
  let path = "";
  let page: Page;
  beforeAll(async () => {
    path = await writtenPage(folder, "fixtures/lost-notify.ts");
    withBuiltScript(path);
    page = await opened(path);
  }, 60_000);
  afterAll(() => page.close());

  test("says who waits for whom, what is held, and shows the line", async () => {
    const waits = await page.locator("#waits").innerText();
    expect(waits.replace(/\s+/g, " ")).toMatch(
      /reader waits for .* condition variable "readable" .* for ever: no notify/,
    );
    expect(await page.locator("#source .here code").innerText()).toContain("readable.wait(lock)");
    expect(await page.locator("#state").innerText()).toMatch(/closing = true/);
    expect(complaints).toEqual([]);
  });

  test("goes from row to row by its keys, and says where it is", async () => {
    expect(await press(page, "Home")).toMatch(/^after the set-up/);
    const second = await press(page, "ArrowDown", "ArrowDown");
    expect(second).toMatch(/^Step \d+, row \d+ of \d+\. /);
    expect(await press(page, "ArrowUp", "ArrowDown")).toBe(second);
    expect(await press(page, "End")).toMatch(/^the end: deadlock/);
  });

  test("goes to the thread's next and previous step, and to those that the explanation names", async () => {
    expect(await press(page, "Home", "e")).toMatch(/reader: lock "read lock"/);
    const notify = await press(page, "e", "e");
    expect(notify).toMatch(/closer: notify all "readable".*found nobody/);
    expect(await press(page, "p")).toMatch(/closer: /);
    expect(await press(page, "n")).toBe(notify);
    expect(await press(page, "e")).toMatch(/reader: wait "readable"/);
  });

  test("goes to a step that the explanation speaks of, when that is pressed", async () => {
    await press(page, "Home");
    await page.locator(".reasons button.step").first().click();
    expect(await status(page)).toMatch(/closer: notify all/);
  });

  test("opens its help, and closes it again", async () => {
    await page.keyboard.press("?");
    expect(await page.locator("#help").isVisible()).toBe(true);
    expect(await page.locator("#help").innerText()).toMatch(/next, the previous step of the same thread/);
    await page.keyboard.press("Escape");
    expect(await page.locator("#help").isVisible()).toBe(false);
  });

  test("shows the one that passes beside it, at the first difference", async () => {
    await page.keyboard.press("d");
    expect(await page.locator(".chart:visible").count()).toBe(2);
    expect(await status(page)).toContain(`row ${dataOf(path).difference} of`);
    await page.locator(".chart").nth(1).focus();
    expect(await status(page)).toMatch(/^The one that passes\./);
    await page.keyboard.press("b");
    expect(await page.locator(".chart:visible").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("has all steps in a table, by which one can go to them", async () => {
    await page.locator("#table-details summary").click();
    await page.locator("#table tbody tr").first().waitFor();
    expect(await page.locator("#table tbody tr").count()).toBe(dataOf(path).runs[0]?.rows.length);
    await page.locator("#table tbody tr", { hasText: "found nobody" }).locator("button").click();
    expect(await status(page)).toMatch(/notify all/);
    await page.locator("#table-details summary").click();
  });

  test("is drawn: the canvas is no blank", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(50);
      const shot = await page.locator(".chart").first().screenshot();
      expect(shot.length).toBeGreaterThan(5_000);
      expect(await page.evaluate(SHADES)).toBeGreaterThan(5);
    }
  });
});

describe.skipIf(!isThere)("a hostile scenario", () => {
  test("runs nothing of its own, asks for nothing, and is shown as it is written", async () => {
    const { HOSTILE } = await import("./fixtures/hostile.js");
    const page = await opened(await writtenPage(folder, "fixtures/hostile.ts"));
    await press(page, "Home", "ArrowDown", "ArrowDown", "End");
    expect(await page.title()).not.toBe("taken");
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("#state").innerText()).toContain(`first ${HOSTILE}`.slice(0, 40));
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** Puts what a page shows behind itself, again and again, until there are that many rows. */
function tile(path: string, most: number): void {
  const data = dataOf(path);
  const [run] = data.runs;
  if (run === undefined) throw new Error("the page has no execution");
  const { length } = run.rows;
  const times = Math.ceil(most / length);
  const again = <T extends object>(items: readonly T[], move: (item: T, by: number) => T): T[] =>
    Array.from({ length: times }, (_, time) => items.map((item) => move(item, time * length))).flat();
  const span = <T extends { readonly from: number; readonly to: number }>(item: T, by: number): T => ({
    ...item,
    from: item.from + by,
    to: item.to + by,
  });
  const rows = again(run.rows, (row, by) => ({ ...row, step: row.step + by }));
  const tiled = {
    ...run,
    rows,
    lanes: run.lanes.map((lane) => ({ ...lane, to: rows.length - 1 })),
    holds: again(run.holds, span),
    waits: again(run.waits, span),
    arrows: again(run.arrows, (arrow, by) => ({ ...arrow, row: arrow.row + by })),
    changes: again(run.changes, (change, by) => ({ ...change, row: change.row + by })),
    start: rows.length - 1,
  };
  const json = JSON.stringify({ ...data, runs: [tiled] }).replaceAll("<", "\\u003c");
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(
      /(<script type="application\/json" id="data">).*?(<\/script>)/s,
      (_, head: string, tail: string) => `${head}${json}${tail}`,
    ),
  );
}

describe.skipIf(!isThere)("ten thousand steps", () => {
  test("are there in less than a second, and go by without a stop", async () => {
    const path = await writtenPage(folder, longRun(40));
    tile(path, 10_000);
    const page = await opened(path);
    const taken = await page.evaluate<number>(READY_AFTER);
    console.info(`ready after ${Math.round(taken)} ms`);
    expect(taken).toBeLessThan(3_000); // one second where nothing else runs; a machine under load takes longer
    expect(await press(page, "Home", "PageDown", "+", "-", "0", "End")).toMatch(/^the end/);
    const moving = await page.evaluate<number>(MOVING);
    expect(moving / 100).toBeLessThan(50);
    const slowest = await page.evaluate<number>(REDRAWING);
    console.info(`the slowest frame: ${Math.round(slowest)} ms`);
    expect(slowest).toBeLessThan(1_000); // a tenth of it where nothing else runs
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);
});
