// A program that misuses the library has shown nothing: what it threw is thrown to whoever explores or watches it.

import { UsageError } from "#base/assert";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

/**
 * Passes an execution on that has not misused the library.
 * @param events its trace, if there is one: where the stack does not lead to the user's code, the thread's start may
 * @throws UsageError with the sentence and the stack of what was thrown
 */
export function checkUse({ isMisuse, message, stack, thread }: Outcome, events: readonly TraceEvent[] = []): void {
  if (isMisuse !== true) return;
  const error = new UsageError(message.replace(/^UsageError: /, ""));
  const whole = stack.split("\n").filter((line) => /^\s+at /.test(line));
  // What lies outside the simulation is whoever runs it.
  const end = whole.findIndex((line) => /^\s+at (\w+\.)?#resume /.test(line));
  const lines = end === -1 ? whole : whole.slice(0, end);
  const spawned = events.find(({ kind, other }) => kind === "spawned" && other === thread);
  const started = (spawned?.frames ?? [])
    .filter(({ file }) => !/^(src|devfs)\//.test(file))
    .map(({ name, file, line }) => `    at ${name} (${file}:${line}:1)`);
  error.stack = [`UsageError: ${error.message}`, ...lines, ...started].join("\n");
  throw error;
}
