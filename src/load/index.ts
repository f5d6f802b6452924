// Scenarios in YAML as values, `lockstep/script`: for programs and test suites in TypeScript or JavaScript.
//
// A script is read as the command reads it: the same limits, the same messages, and its drivers are loaded without a build
// step. No code runs from a script itself.

import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "#base/assert";
import { loadScriptFile, SCRIPT } from "#load/script-file";
import type { Driver } from "#driver";
import type { Scenario } from "#scenario/types";

/** A `URL`; not called so, since a project may know neither Node's types nor a browser's. */
export interface FileUrl {
  readonly href: string;
}

export interface LoadScriptOptions {
  /**
   * Drivers that the caller has already, by the texts with which the script names them: `{ "./echo.ts": echoDriver }`. Those
   * are not loaded from their files.
   */
  readonly drivers?: Readonly<Record<string, Driver>>;
}

/**
 * The scenario in a YAML file (docs/scripts.md says what stands there), to be compiled, explored or tested like any other:
 * `everySchedule("close wakes the reader", await loadScript(new URL("./close.yaml", import.meta.url)))`
 * @param file its path, from the current folder, or its URL
 * @throws InputError that names everything that is wrong with it, by file, line and column
 */
export async function loadScript(file: string | FileUrl, options: LoadScriptOptions = {}): Promise<Scenario> {
  // What a path begins in, as for node:fs: it says which file is read, and nothing that is simulated sees it.
  const folder = process.cwd();
  const path = resolve(folder, pathOf(file));
  const shown = relative(folder, path) || path;
  if (!SCRIPT.test(path)) {
    throw new InputError(
      `loadScript() takes a file that ends in .yaml or .yml, not ${shown}; a scenario in TypeScript is imported`,
    );
  }
  return loadScriptFile(path, shown, folder, checkedDrivers(options.drivers ?? {}));
}

function pathOf(file: unknown): string {
  const href = typeof file === "object" && file !== null && "href" in file ? String(file.href) : null;
  const text = href ?? file;
  if (typeof text !== "string" || text === "" || text.includes("\0")) throw new InputError(notAPath(file));
  if (href === null && !text.startsWith("file:")) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw new InputError(notAPath(text));
  }
}

function notAPath(given: unknown): string {
  const shown = given === "" ? '""' : String(given);
  return `loadScript() takes a path or a file's URL, not ${shown}`;
}

function checkedDrivers(given: Readonly<Record<string, Driver>>): ReadonlyMap<string, Driver> {
  for (const [text, driver] of Object.entries(given)) {
    if (typeof (driver as Partial<Driver> | null)?.load === "function") continue;
    throw new InputError(`loadScript(): the driver "${text}" of its options should be what defineDriver() gives`);
  }
  return new Map(Object.entries(given));
}
