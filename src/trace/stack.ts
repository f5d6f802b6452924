// Reading a JavaScript stack as the stack of a simulated thread.
//
// Each generator of a thread is a frame, suspended or not; the engine adds a `next` frame for each, and the
// simulator's own frames lie at both ends. All are left out; nothing is ever put in.

import type { Frame } from "#trace/event";

const LINE = /^\s*at (?:(.*?) \()?(?:file:\/\/)?([^()]+?):(\d+):(\d+)\)?$/;

/** Takes the running code's stack. `deep` is how many frames at most. */
export function captureStack(deep = 60): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = deep;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = before;
  return stack;
}

/** The frames of a captured stack, innermost first, from the operation outwards. */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const name = tidyName(match[1] ?? "");
    const file = shortPath(match[2] ?? "");
    if (isMachinery(name, file)) continue;
    frames.push({ name, file, line: Number(match[3]) });
  }
  return frames;
}

function tidyName(name: string): string {
  return name.replace(/^(async |new )/, "").replace(/^Object\./, "").replace(/ \[as .*\]$/, "") || "(anonymous)";
}

// What drives the generators, not what the thread does: the engine's `next`, the run loop, the recorder.
function isMachinery(name: string, file: string): boolean {
  if (/(^|\.)next$/.test(name) || name.includes("<anonymous>")) return true;
  if (/(^|\/)src\/(trace|explore|scenario|cli|workers|vitest|report)\//.test(file)) return true;
  if (/(^|\/)src\/kernel\/(simulation|thread|adversary|haiku-scheduler)\.[jt]s$/.test(file)) return true;
  return file.startsWith("node:") || file.includes("node_modules/");
}

// The part of a path that does not depend on the machine: from the project's own folders on.
function shortPath(file: string): string {
  const plain = file.replaceAll("\\", "/").replace(/\?.*$/, "");
  const own = /(?:^|\/)(?:dist\/)?((?:src|devfs|drivers|scenarios|test|bench|examples)\/.*)$/.exec(plain);
  return own?.[1] ?? plain.slice(plain.lastIndexOf("/") + 1);
}
