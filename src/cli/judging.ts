// Which judges are asked, and what they say in words: for run, explore and replay alike.

import type { OptionText } from "#cli/command";
import { single, type RawOptions } from "#cli/options";
import type { Terminal } from "#cli/terminal";
import type { Outcome } from "#kernel/outcome";
import { chosenJudges, JUDGES } from "#judges/all";
import type { Judge, Verdict } from "#judges/judge";
import { linked, type Paint } from "#report/paint";
import { counted, wrap } from "#report/text";

/** What --json says of a verdict. */
export interface VerdictResult {
  /** "data-race" */
  readonly judge: string;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly hint: string;
}

/** The judges that were asked, and how many executions they looked at. */
export interface Judged {
  readonly judges: readonly string[];
  readonly executions: number;
}

export const JUDGES_OPTION: OptionText = {
  usage: "--judges <names>",
  about: `judges to ask, separated by commas; all (default), none, ${JUDGES.map(({ name }) => name).join(", ")}`,
};

/** @throws InputError for a name that no judge has */
export function readJudges(options: RawOptions): readonly Judge[] {
  const list = single(options, "judges", "names of judges, separated by commas");
  return list === undefined ? JUDGES : chosenJudges(list);
}

export function namesOf(judges: readonly Judge[]): readonly string[] {
  return judges.map(({ name }) => name);
}

export function verdictResult({ judge, message, evidence, hint }: Verdict): VerdictResult {
  return { judge, message, evidence, hint };
}

/** Verdicts on an execution that is not wrong by itself, as notes below its line. */
export function notes(verdicts: readonly Verdict[], outcome: Outcome, terminal: Terminal, paint: Paint): string {
  const shown = outcome.kind === "finished" ? verdicts : [];
  return shown
    .map(({ judge, message, hint }) => {
      const head = wrap(`${message} (${judge}).`, terminal.width, "  note ");
      return `${terminal.colors.yellow(linked(head, paint))}\n${wrap(hint, terminal.width, "       hint: ")}\n`;
    })
    .join("");
}

/** `14 judges looked at 33 executions and added 1 finding: data-race`. @param added the judges whose findings no search told */
export function judgedWords({ judges, executions }: Judged, added: readonly string[]): string {
  if (judges.length === 0) return "no judge was asked";
  const looked = `${counted(judges.length, "judge")} looked at ${counted(executions, "execution")}`;
  if (added.length === 0) return `${looked} and had nothing to add`;
  return `${looked} and added ${counted(added.length, "finding")}: ${[...new Set(added)].join(", ")}`;
}
