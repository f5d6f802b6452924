// From what somebody wrote, a shipped scenario's name or a file, to the scenario.

import { existsSync, realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { installationRoot } from "#load/installation";
import { CLASSIC, isShipped, loadShipped, SHIPPED, VPN } from "#cli/shipped";
import type { Scenario } from "#scenario/types";

/** A scenario, and the word by which it is found again: what a schedule token holds. */
export interface Found {
  readonly scenario: Scenario;
  /** A shipped name, or a file's path from the folder that the command was started in. */
  readonly name: string;
}

/** What the name of a shipped scenario or a file never has, a blank, that of a scenario in a test as a rule has. */
const OF_A_SUITE =
  "; a schedule that a test printed is run by LOCKSTEP_SCHEDULE there, and here with the scenario's file in the place of its name";

/**
 * The scenario called `word`, or in the file `word`.
 * @throws InputError when there is none; the message names the nearest
 */
export async function findScenario(word: string, folder: string): Promise<Found> {
  if (isShipped(word)) return { scenario: await loadShipped(word), name: word };
  const path = resolve(folder, word);
  const looksLikeFile = /[\\/]|\.[a-z]+$/i.test(word) && !/^classic\/[^\\/.]*$/.test(word);
  if (!looksLikeFile && !existsSync(path)) {
    const near =
      suggestion(word.replaceAll("_", "-"), [...SHIPPED, ...VPN, ...CLASSIC]) || suggestion(asClassic(word), CLASSIC);
    throw new InputError(
      `there is no scenario called "${word}"${near}${near === "" ? "." : ""} "lockstep list" shows those that ship; a scenario of your own is named by its file, as ./my-scenario.ts${/\s/.test(word) ? OF_A_SUITE : ""}`,
    );
  }
  const shipped = shippedBehind(path);
  if (shipped !== null) return findScenario(shipped, folder);
  // What reads scripts and compiles TypeScript takes longer to load than a shipped scenario takes to explore.
  const { loadScenarioFile } = await import("#load/scenario-file");
  return { scenario: await loadScenarioFile(path, folder), name: relative(folder, path).replaceAll("\\", "/") };
}

// The literature writes "token_ring", and no folder before it.
function asClassic(word: string): string {
  return `classic/${word.replace(/^classic\//, "").replaceAll("_", "-")}`;
}

// The file of a shipped scenario stands for the scenario itself: it is part of the installation, not a user's.
function shippedBehind(path: string): string | null {
  if (!existsSync(path)) return null;
  const inside = relative(resolve(installationRoot, "scenarios"), realpathSync(path));
  const name = inside.replaceAll("\\", "/").replace(/\.[jt]s$/, "");
  return isShipped(name) ? name : null;
}
