// The line that says how it ended, and whether that is what the scenario expects.

import type { Result } from "#cli/result";
import type { Colors } from "#cli/terminal";
import type { OutcomeKind } from "#kernel/outcome";

/** `panic, as expected`. @param declared what the scenario declares for its own settings, if anything */
export function verdictLine(result: Result, declared: OutcomeKind | null, colors: Colors): string {
  const { bold, green, red } = colors;
  const outcome = bold(result.outcome);
  switch (result.expected) {
    case true:
      return `${green("ok")}   ${outcome}, as expected`;
    case false:
      return `${red("FAIL")} ${outcome}; expected: ${declared ?? "finished"}`;
    case null:
      return `${result.outcome === "finished" ? green("ok  ") : red("FAIL")} ${outcome} (${whyNull(result, declared)})`;
  }
}

function whyNull({ outcome, bound }: Result, declared: OutcomeKind | null): string {
  if (outcome === "finished" && bound === "shard") return "as far as this part goes";
  if (outcome === "finished" && bound === "interrupted") return "as far as it went";
  return declared === null ? "the scenario declares no outcome" : "no outcome is declared for these settings";
}
