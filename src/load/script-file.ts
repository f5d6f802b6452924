// Loading a scenario in YAML: the text is read, the drivers that it names are loaded, and what is wrong with either is told by line and column.

import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { importFile } from "#load/scenario-file";
import { loadShippedDriver, SHIPPED_DRIVERS } from "#load/shipped-drivers";
import { readWhole, sizeOf } from "#load/whole-file";
import type { Driver } from "#driver";
import { checkScenario } from "#scenario/check";
import type { Scenario } from "#scenario/types";
import { buildScenario } from "#script/build-scenario";
import { readScript, type Script } from "#script/read-script";
import type { Problem } from "#script/reader";

/** What a script's name ends in. */
export const SCRIPT: RegExp = /\.ya?ml$/i;

/** Bytes of a file that is looked at at all. */
const FILE_MOST = 1_000_000;

/** A script that was looked at: a scenario, or problems. */
export interface LookedAt {
  readonly scenario: Scenario | null;
  readonly problems: readonly Problem[];
  readonly text: string;
}

/**
 * The scenario in the script at `path` (absolute).
 * @param shown the path as it is printed. @param folder the folder that printed paths are relative to
 * @param known drivers that are not loaded from their files, by the texts that name them
 * @throws InputError that names all problems, each by file, line and column; or says that the file cannot be read
 */
export async function loadScriptFile(
  path: string,
  shown: string,
  folder: string,
  known: ReadonlyMap<string, Driver> = new Map(),
): Promise<Scenario> {
  const { scenario, problems } = await lookAtScript(path, shown, folder, known);
  if (scenario !== null) return scenario;
  const [first, ...others] = problems.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`);
  throw new InputError([first, ...others.map((each) => `  ${each}`)].join("\n"));
}

/**
 * Looks at the script at `path`; whatever is wrong with it is among the problems.
 * @throws InputError when the file cannot be read
 */
export async function lookAtScript(
  path: string,
  shown: string,
  folder: string,
  known: ReadonlyMap<string, Driver> = new Map(),
): Promise<LookedAt> {
  const text = readText(path, shown);
  if (text === null) {
    const message = `the file has more than ${FILE_MOST} bytes; a script has at most so many`;
    return { scenario: null, text: "", problems: [{ line: 1, column: 1, message }] };
  }
  const { script, problems, drivers: named } = readScript(text, shown.replaceAll("\\", "/"));
  const drivers = new Map(known);
  const wrong: Problem[] = [];
  for (const each of named) {
    if (drivers.has(each.text)) continue;
    const found = await findDriver(each.text, dirname(path), folder);
    if (typeof found === "string") wrong.push({ line: each.line, column: each.column, message: found });
    else drivers.set(each.text, found);
  }
  const all = [...problems, ...wrong].sort((a, b) => a.line - b.line || a.column - b.column);
  return all.length > 0 || script === null
    ? { scenario: null, problems: all, text }
    : { ...build(script, drivers), text };
}

function build(script: Script, drivers: ReadonlyMap<string, Driver>): Omit<LookedAt, "text"> {
  try {
    return { scenario: checkScenario(buildScenario(script, drivers)), problems: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { scenario: null, problems: [{ line: 1, column: 1, message: error.message }] };
  }
}

/** Null for one that is too long. */
function readText(path: string, shown: string): string | null {
  return sizeOf(path, shown, "a script is") > FILE_MOST ? null : readWhole(path, shown);
}

/** The driver that is meant, or what is wrong with its name. */
async function findDriver(text: string, beside: string, folder: string): Promise<Driver | string> {
  if (!text.startsWith(".")) {
    const shipped = SHIPPED_DRIVERS.find((each) => each === text);
    if (shipped !== undefined) return loadShippedDriver(shipped);
    const near = suggestion(text, SHIPPED_DRIVERS);
    const known = near === "" ? `: there are ${SHIPPED_DRIVERS.join(", ")}.` : near;
    return `no driver called "${text}" ships${known} One of your own is named by its file, as ./${text}.ts`;
  }
  const [file = "", name] = text.split("#");
  const path = resolve(beside, file);
  const shown = relative(folder, path) || path;
  if (!/\.[cm]?[jt]s$/.test(path) && existsSync(path))
    return `${shown} is no module: one ends in .ts (or .mts, .js, .mjs)`;
  try {
    sizeOf(path, shown, "a driver is");
    return pick(await importFile(path, shown, folder), name, shown);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function pick(module: Record<string, unknown>, name: string | undefined, shown: string): Driver | string {
  const drivers = Object.entries(module).filter(([, value]) => isDriver(value));
  const names = drivers.map(([each]) => each);
  const list =
    names.length === 0 ? "it exports no driver, as defineDriver makes one" : `its drivers are ${names.join(", ")}`;
  if (name !== undefined) {
    const found = drivers.find(([each]) => each === name)?.[1];
    return found === undefined
      ? `${shown} exports no driver called "${name}": ${list}${suggestion(name, names)}`
      : (found as Driver);
  }
  const distinct = [...new Set(drivers.map(([, driver]) => driver))];
  const own = isDriver(module.default) ? module.default : distinct.length === 1 ? distinct[0] : undefined;
  if (own !== undefined) return own as Driver;
  const how = names.length === 0 ? "" : `; say which one, as "./${shown.split(/[\\/]/).at(-1)}#${names[0]}"`;
  return `${shown}: ${list}${how}`;
}

function isDriver(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { name, load } = value as Partial<Driver>;
  return typeof name === "string" && typeof load === "function";
}
