// The program of a command line, for a worker thread: found and compiled as the command itself does it.

import { findScenario } from "#cli/find-scenario";
import { compileWith, type Settings } from "#cli/settings";
import type { Program } from "#explore/execution";
import type { ProgramSource } from "#workers/program-source";

interface Wanted {
  /** The scenario's name or file. */
  readonly word: string;
  readonly folder: string;
  readonly settings: Settings;
  readonly judges: readonly string[];
}

/** Where a worker finds the program that `compileWith` gives here. */
export function sourceOf(wanted: Wanted): ProgramSource {
  return { module: import.meta.url, export: programFor.name, argument: wanted };
}

/** Called in a worker. */
export async function programFor({ word, folder, settings, judges }: Wanted): Promise<Program> {
  const { scenario } = await findScenario(word, folder);
  return compileWith(scenario, settings, judges);
}
