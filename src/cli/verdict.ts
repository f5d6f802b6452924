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
    case null: {
      const why = declared === null ? "the scenario declares no outcome" : "no outcome is declared for these settings";
      return `${result.outcome === "finished" ? green("ok  ") : red("FAIL")} ${outcome} (${why})`;
    }
  }
}
