// `lockstep report`: one execution as a page that opens from disk: who waited for whom, and why.

import { resolve } from "node:path";
import { InputError } from "#base/assert";
import { BOUND_OPTIONS } from "#cli/bounds";
import { SETTING_OPTIONS, type Command, type OptionText } from "#cli/command";
import { replayCommand } from "#cli/finding";
import { namesOf } from "#cli/judging";
import { single, type RawOptions } from "#cli/options";
import { checkOverwrites, FORCE_OPTION, type OwnFiles } from "#cli/overwrite";
import { recorded, replaying, scheduled, SUBJECT_WANTED, subjectOf, type Subject } from "#cli/report-page-subject";
import { EXIT_AS_EXPECTED } from "#cli/result";
import { compileWith } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { underWatch } from "#cli/watching";
import { writeWhole } from "#load/whole-file";
import { passingBeside } from "#page-file/beside";
import { asItEnded, pageFileOf, type ShownExecution } from "#page-file/page-file";
import { counted } from "#report/text";
import { parseSchedule, type Schedule } from "#trace/schedule";
import { NeverReturned } from "#workers/watchdog";

export const OUT_OPTION: OptionText = { usage: "--out <file>", about: "the file to write; -o for short" };

/** What a search for a scenario's finding takes. */
export const SEARCH_OPTIONS: readonly OptionText[] = [
  ...SETTING_OPTIONS,
  ...BOUND_OPTIONS.filter(({ usage }) => usage !== "--stop-at-first" && usage !== "--no-shrink"),
];

const BESIDE_OPTION: OptionText = {
  usage: "--beside <schedule>",
  about: "show this schedule beside it; none for nothing (default: one that passes, where there is one)",
};

const OWN: OwnFiles = {
  what: "a page of Lockstep's",
  begins:
    /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/,
};

export const reportPage: Command = {
  usage: "report <schedule|name|file>",
  about: "write one execution as a page for the browser, with its timeline",
  details: `The page is one file that needs no network: a column a thread and a row a step, who holds and who
waits for which lock, who woke whom, the source, the state of everything at the cursor, the
explanation, and a schedule that passes beside the one that fails. Of a scenario it shows what
a search finds first; where it finds nothing, one run under Haiku's scheduler. A file that is no
such page is not written over.`,
  options: [OUT_OPTION, FORCE_OPTION, BESIDE_OPTION, ...SEARCH_OPTIONS],
  examples: [
    "lockstep report merged-close -o merged-close.html",
    "lockstep report ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4 -o finding.html",
  ],
  words: { least: 1, most: 1, wanted: SUBJECT_WANTED },

  async perform(terminal, words, options) {
    const file = single(options, "out", "the name of a file");
    if (file === undefined) throw new InputError("report writes a page to a file: say which with -o FILE.html");
    checkOverwrites(file, OWN, options, terminal);
    const beside = single(options, "beside", "a schedule, or none");
    const subject = await subjectOf(words[0] ?? "", searchingOf(options, "out", "beside", "force"), terminal);
    const other = await besideOf(subject, beside, terminal);
    const { found, schedule, token } = subject;
    const page = pageFileOf(subject, other, {
      scenario: found.name,
      about: found.scenario.definition.about ?? "",
      searched: "",
      replay: replayCommand(terminal, token),
      isBesideOpen: beside !== undefined,
      entry: resolve(terminal.folder, schedule.scenario),
    });
    writeWhole(resolve(terminal.folder, file), page, file);
    terminal.out(`${said(subject, other)}\n${file}: ${counted(Math.ceil(page.length / 1024), "KB", "KB")}\n`);
    return EXIT_AS_EXPECTED;
  },
};

async function besideOf(
  subject: Subject,
  beside: string | undefined,
  terminal: Terminal,
): Promise<ShownExecution | null> {
  if (beside === "none") return null;
  if (beside !== undefined) {
    const schedule = parseSchedule(beside);
    if (schedule.scenario !== subject.schedule.scenario) {
      throw new InputError(
        `--beside takes a schedule of the same scenario, ${subject.schedule.scenario}; this one is of ${schedule.scenario}`,
      );
    }
    return asItEnded(await scheduled(schedule, terminal));
  }
  if (subject.outcome.kind === "finished") return null;
  const passing = companionOf(subject);
  return passing === null ? null : asItEnded(recorded(subject.found, subject.settings, passing));
}

// Another schedule that never ends takes nothing from the one that is shown.
function companionOf({ found, settings, schedule }: Subject): Schedule | null {
  const program = compileWith(found.scenario, settings, namesOf([]));
  try {
    return underWatch(program, (under) => passingBeside(under, schedule, replaying(found, settings, schedule)));
  } catch (error) {
    if (error instanceof NeverReturned) return null;
    throw error;
  }
}

function said({ found, outcome, schedule }: Subject, other: ShownExecution | null): string {
  const how =
    outcome.kind !== "finished"
      ? outcome.kind
      : schedule.time === "measured"
        ? "finished, in one run under Haiku's scheduler"
        : "finished";
  return `${found.name}: ${how}${other === null ? "" : `; beside it an execution that ends as ${other.outcome.kind}`}`;
}

/** The options of a command that are a search's. */
export function searchingOf(options: RawOptions, ...own: readonly string[]): RawOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !own.includes(name)));
}
