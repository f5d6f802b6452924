// Loading a user's scenario file, TypeScript, JavaScript or YAML, without a build step.

import { readFileSync, realpathSync, statSync } from "node:fs";
import { relative } from "node:path";
import { createJiti } from "jiti";
import { InputError, UsageError } from "#base/assert";
import { isOwnFile, isSimulatorFile } from "#load/installation";
import { ownModules, ownModulesInside } from "#load/own-modules";
import { loadScriptFile, SCRIPT } from "#load/script-file";
import { sizeOf } from "#load/whole-file";
import { checkScenario } from "#scenario/check";
import type { Scenario } from "#scenario/types";

/** Entry points that lie above the scenarios. `lockstep/vitest` is found missing by what it needs itself. */
const OUTSIDE_SCENARIOS: ReadonlySet<string> = new Set(["lockstep/script", "lockstep/workers", "lockstep/fs"]);

export const MODULE = /\.[cm]?[jt]s$/;

/**
 * The scenario that the module at `path` (absolute) exports by default, or that the script there is.
 * @param folder the folder that printed paths are relative to
 * @throws InputError that says what is wrong, by file, line and column
 */
export async function loadScenarioFile(path: string, folder: string): Promise<Scenario> {
  const shown = relative(folder, path) || path;
  checkFile(path, shown);
  if (SCRIPT.test(path)) return loadScriptFile(path, shown, folder);
  const module = await importFile(path, shown, folder);
  const text = readFileSync(path, "utf8");
  if (module.default === undefined) {
    const names = Object.keys(module);
    const instead = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")} by name`;
    throw new InputError(
      `${shown}:1:1: the file has no default export; ${instead}. Write: export default scenario("name", { ... })`,
    );
  }
  try {
    return checkScenario(module.default);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${shown}:${placeAt(text, text.search(/export\s+default|as\s+default/))}: the default export: ${error.message}`,
    );
  }
}

function checkFile(path: string, shown: string): void {
  sizeOf(path, shown, "a scenario is");
  if (MODULE.test(path) || SCRIPT.test(path)) return;
  throw new InputError(`${shown} is no scenario: one ends in .ts (or .mts, .js, .mjs) or .yaml`);
}

/**
 * What a user's module exports.
 * @throws InputError that says what is wrong, by file, line and column
 */
export async function importFile(path: string, shown: string, folder: string): Promise<Record<string, unknown>> {
  const jiti = createJiti(import.meta.url, {
    // What is kept between two runs could be of another version; what is loaded must be what the file says now.
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    sourceMaps: true,
    virtualModules: isOwnFile(realpathSync(path)) ? await ownModulesInside() : await ownModules(),
  });
  try {
    return await jiti.import<Record<string, unknown>>(path);
  } catch (error) {
    throw new InputError(explainFailure(error, path, shown, folder), { cause: error });
  }
}

function explainFailure(error: unknown, path: string, shown: string, folder: string): string {
  if (!(error instanceof Error)) return `${shown}: while it was loaded, it threw ${String(error)}`;
  const parse = /ParseError: ([\s\S]*?)\s+(\S[^\n]*?):(\d+):(\d+)/.exec(error.message);
  if (parse !== null) {
    const [, what = "", file = "", line, column] = parse;
    // The parser counts columns from 0.
    return `${relative(folder, file) || file}:${line}:${Number(column) + 1}: syntax error: ${what.trim()}`;
  }
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) return explainMissing(missing, error, path, folder);
  const place = /\(?(?:file:\/\/)?(\/[^()\s]+|[A-Z]:[^()\s]+):(\d+):(\d+)\)?/.exec(userLine(error.stack ?? ""));
  const where = place === null ? shown : `${relative(folder, place[1] ?? "")}:${place[2]}:${place[3]}`;
  const isOurs = error instanceof InputError || error instanceof UsageError;
  const name = error.name === "Error" || isOurs ? "" : `${error.name}: `;
  return `${where}: while the file was loaded, it threw: ${name}${error.message}`;
}

function userLine(stack: string): string {
  const lines = stack.split("\n").filter((line) => /^\s*at /.test(line));
  const isOurs = (line: string): boolean =>
    isSimulatorFile(/(?:file:\/\/)?((?:\/|[A-Z]:)[^()]+):\d+:\d+/.exec(line)?.[1] ?? "");
  return lines.find((line) => !/node_modules|node:/.test(line) && !isOurs(line)) ?? "";
}

function explainMissing(name: string, error: Error, path: string, folder: string): string {
  const from = /Require stack:\n- ([^\n]+)/.exec(error.message)?.[1] ?? path;
  const shown = relative(folder, from) || from;
  const text = readText(from);
  const where = `${shown}:${placeAt(text, Math.max(text.indexOf(`"${name}"`), text.indexOf(`'${name}'`)))}`;
  if (OUTSIDE_SCENARIOS.has(name)) {
    return `${where}: "${name}" is for programs and test suites, which load scenarios; a scenario file cannot import it. A script is a scenario of its own: name its .yaml file in place of this one`;
  }
  if (name.startsWith("lockstep/")) {
    return `${where}: "${name}" is no part of Lockstep; a scenario imports "lockstep", "lockstep/devfs", "lockstep/explore" and "lockstep/drivers/..."`;
  }
  return `${where}: it imports "${name}", which cannot be found`;
}

function readText(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true ? readFileSync(path, "utf8") : "";
}

/** Line and column of this place in the text, both counted from 1; the beginning's for -1. */
function placeAt(text: string, index: number): string {
  const before = text.slice(0, Math.max(0, index)).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
