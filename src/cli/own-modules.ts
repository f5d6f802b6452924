// The modules of this installation, by the names under which a user's file imports them.
//
// A user's file must meet the very kernel that the command runs, not a second copy of it: what a file
// imports as `lockstep` or `lockstep/...` is therefore taken from here, wherever the file lies.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";

const DRIVERS = new URL("../../drivers/", import.meta.url);

let loaded: Promise<Record<string, unknown>> | null = null;

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
  for (const file of driverFiles()) {
    const name = `lockstep/drivers/${file.replace(/\.[jt]s$/, "")}`;
    entries.push([name, await import(new URL(file, DRIVERS).href)]);
  }
  return Object.fromEntries(entries.map(([name, module]) => [name, watched(name, module as Record<string, unknown>)]));
}

function driverFiles(): string[] {
  return readdirSync(fileURLToPath(DRIVERS), { recursive: true, encoding: "utf8" })
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
