// One folder for each run of the tests, for what several of them need and one of them makes; gone when the run ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly sharedFolder: string;
  }
}

/** Called by vitest before the first test; gives what is called after the last one. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-tests-"));
  project.provide("sharedFolder", folder);
  return () => rmSync(folder, { recursive: true });
}
