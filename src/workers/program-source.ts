// Where a worker finds the program that it explores: a program is code and cannot be sent, a module's name can.

import { InputError } from "#base/assert";
import type { Program } from "#explore/execution";
import { compile, type CompileOptions } from "#scenario/compile";
import type { Scenario } from "#scenario/types";

/** A module's export: a scenario, a program, or a function that gives one. Plain data. */
export interface ProgramSource {
  /** The module's URL. */
  readonly module: string;
  /** The name of the export; "default" for the default one. */
  readonly export: string;
  /** Given to the export, which is then a function that gives the program, or a promise of it. */
  readonly argument?: unknown;
  /** For a scenario. */
  readonly settings?: CompileOptions;
}

/** @throws InputError when the module has no such export, or it is none of the three */
export async function loadProgram(source: ProgramSource): Promise<Program> {
  const module = (await import(source.module)) as Readonly<Record<string, unknown>>;
  const exported = module[source.export];
  if (source.argument !== undefined && typeof exported === "function") {
    return (await (exported as (argument: unknown) => unknown)(source.argument)) as Program;
  }
  if (typeof exported === "function") return exported as Program;
  if (isScenario(exported)) return compile(exported, source.settings ?? {});
  const names = Object.keys(module).join(", ");
  throw new InputError(
    `${source.module} exports no scenario or program called "${source.export}"; it exports ${names === "" ? "nothing" : names}`,
  );
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === "object" && value !== null && "definition" in value && "name" in value;
}
