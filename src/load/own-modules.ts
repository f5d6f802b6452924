// The modules of this installation, by the names under which a user's file imports them.
//
// A user's file must meet the very kernel that the command runs, not a second copy of it: what a file
// imports as `lockstep` or `lockstep/...` is therefore taken from here, wherever the file lies.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { installationRoot } from "#load/installation";

/** The folder that the command runs from: the sources, or what is built from them. */
const HERE = new URL("../../", import.meta.url);
const DRIVERS = new URL("drivers/", HERE);

/** Layers that no scenario imports. */
const NOT_FOR_SCENARIOS = ["#load", "#cli", "#vitest", "#workers", "#scenarios"];

let loaded: Promise<Record<string, unknown>> | null = null;
let loadedInside: Promise<Record<string, unknown>> | null = null;

/** All entry points but `lockstep/vitest`, which belongs into test files. */
export function ownModules(): Promise<Record<string, unknown>> {
  loaded ??= loadModules();
  return loaded;
}

async function loadModules(): Promise<Record<string, unknown>> {
  const entries: [string, unknown][] = [
    ["lockstep", await import("lockstep")],
    ["lockstep/devfs", await import("lockstep/devfs")],
    ["lockstep/explore", await import("lockstep/explore")],
  ];
  for (const file of moduleFiles(DRIVERS)) {
    const name = `lockstep/drivers/${withoutEnding(file)}`;
    entries.push([name, await import(new URL(file, DRIVERS).href)]);
  }
  return Object.fromEntries(entries.map(([name, module]) => [name, watched(name, module as Record<string, unknown>)]));
}

/** The same, and what a file of the installation itself imports as `#layer/module`: there must be one copy of that too. */
export function ownModulesInside(): Promise<Record<string, unknown>> {
  loadedInside ??= loadModulesInside();
  return loadedInside;
}

async function loadModulesInside(): Promise<Record<string, unknown>> {
  const modules = { ...(await ownModules()) };
  for (const [pattern, file] of Object.entries(layerPatterns())) {
    const [layer = ""] = pattern.split("/");
    if (NOT_FOR_SCENARIOS.includes(layer)) continue;
    if (!pattern.endsWith("/*")) modules[pattern] = await importFrom(file, "");
    else for (const name of moduleNames(file)) modules[`${layer}/${name}`] = await importFrom(file, name);
  }
  return modules;
}

/** From "#kernel/*" to "src/kernel/*.js": the package's own imports, as they are built. */
function layerPatterns(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(installationRoot, "package.json"), "utf8")) as {
    readonly imports: Readonly<Record<string, { readonly default: string }>>;
  };
  const entries = Object.entries(manifest.imports);
  return Object.fromEntries(entries.map(([name, { default: file }]) => [name, file.replace("./dist/", "")]));
}

function moduleNames(pattern: string): string[] {
  return existsSync(folderOf(pattern)) ? moduleFiles(folderOf(pattern)).map(withoutEnding) : [];
}

function folderOf(pattern: string): URL {
  return new URL(pattern.slice(0, pattern.indexOf("*")), HERE);
}

function importFrom(pattern: string, name: string): Promise<unknown> {
  const path = withoutEnding(pattern.replace("*", name));
  const built = new URL(`${path}.js`, HERE);
  return import((existsSync(built) ? built : new URL(`${path}.ts`, HERE)).href) as Promise<unknown>;
}

function withoutEnding(file: string): string {
  return file.replace(/\.[jt]s$/, "");
}

function moduleFiles(folder: URL): string[] {
  return readdirSync(fileURLToPath(folder), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
    .sort();
}

// An import of something that is not there would be undefined, and fail far away from its cause.
function watched(name: string, module: Record<string, unknown>): unknown {
  return new Proxy(
    { ...module },
    {
      get(target, key) {
        if (typeof key === "symbol" || key in target || key === "__esModule" || key === "then" || key === "default") {
          return key === "__esModule" ? true : Reflect.get(target, key);
        }
        const similar = suggestion(key, Object.keys(target));
        throw new InputError(`"${name}" exports nothing called "${key}"${similar}`);
      },
    },
  );
}
