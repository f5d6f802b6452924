// vitest itself: what this layer takes from it at run time comes from here, so that a missing or an unfit one is said
// in a sentence, and not by a loader.
//
// Types come from "vitest" directly: they are gone when this runs.

import { createRequire } from "node:module";
import type { expect as Expect, inject as Inject, recordArtifact as RecordArtifact, test as Test } from "vitest";
import { InputError } from "#base/assert";

/** What this layer uses. */
interface Peer {
  readonly expect: typeof Expect;
  readonly inject: typeof Inject;
  readonly recordArtifact: typeof RecordArtifact;
  readonly test: typeof Test;
}

const NEEDED = "lockstep/vitest needs vitest 4.1 or a later 4.x";
const CURE = "npm install --save-dev vitest@4";

/** @throws InputError unless this version of vitest is one that fits */
export function checkVersion(version: string): void {
  const [major, minor] = version.split(".").map(Number);
  if (major === 4 && minor !== undefined && minor >= 1) return;
  throw new InputError(`${NEEDED}; this project has vitest ${version}. Try: ${CURE}`);
}

/** What a failed import of vitest means to the user: that it is not installed, or what the loader said. */
export function importProblem(error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : "";
  const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND" || /Cannot find/.test(text);
  return isMissing && /['"]vitest['"/]/.test(text)
    ? new InputError(`${NEEDED}, and vitest is not installed here. Try: ${CURE}`)
    : error;
}

async function load(): Promise<Peer> {
  try {
    const { version } = createRequire(import.meta.url)("vitest/package.json") as { readonly version: string };
    checkVersion(version);
    return await import("vitest");
  } catch (error) {
    throw importProblem(error);
  }
}

const peer = await load();

export const expect: typeof Expect = peer.expect;
export const inject: typeof Inject = peer.inject;
export const recordArtifact: typeof RecordArtifact = peer.recordArtifact;
export const vitestTest: typeof Test = peer.test;
