// `lockstep report`: one execution as a page that opens from disk: who waited for whom, and why.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "#base/assert";
import { BOUND_OPTIONS } from "#cli/bounds";
import { SETTING_OPTIONS, type Command, type OptionText } from "#cli/command";
import { replayCommand } from "#cli/finding";
import { single, type RawOptions } from "#cli/options";
import { passingBeside } from "#cli/report-page-beside";
import { pageScript, policyHash } from "#cli/report-page-script";
import { sourcesOf } from "#cli/report-page-sources";
import { recorded, scheduled, SUBJECT_WANTED, subjectOf, type Subject } from "#cli/report-page-subject";
import { EXIT_AS_EXPECTED } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import type { PageData, Run } from "#page/data";
import { firstDifference } from "#page/difference";
import { pageOf } from "#page/page";
import { Places } from "#page/places";
import { timelineOf } from "#page/timeline";
import { explain, headlineOf } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { counted } from "#report/text";
import { parseSchedule } from "#trace/schedule";

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

export const reportPage: Command = {
  usage: "report <schedule|name|file>",
  about: "write one execution as a page for the browser, with its timeline",
  details: `The page is one file that needs no network: a column a thread and a row a step, who holds and who
waits for which lock, who woke whom, the source, the state of everything at the cursor, the
explanation, and a schedule that passes beside the one that fails. Of a scenario it shows what
a search finds first; where it finds nothing, one run under Haiku's scheduler.`,
  options: [OUT_OPTION, BESIDE_OPTION, ...SEARCH_OPTIONS],
  examples: [
    "lockstep report merged-close -o merged-close.html",
    "lockstep report ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4 -o finding.html",
  ],
  words: { least: 1, most: 1, wanted: SUBJECT_WANTED },

  async perform(terminal, words, options) {
    const file = single(options, "out", "the name of a file");
    if (file === undefined) throw new InputError("report writes a page to a file: say which with -o FILE.html");
    const beside = single(options, "beside", "a schedule, or none");
    const subject = await subjectOf(words[0] ?? "", searchingOf(options, "out", "beside"), terminal);
    const other = await besideOf(subject, beside, terminal);
    const page = writtenPage(subject, other, beside !== undefined, terminal);
    writeFile(terminal, file, page);
    terminal.out(`${said(subject, other)}\n${file}: ${counted(Math.ceil(page.length / 1024), "KB", "KB")}\n`);
    return EXIT_AS_EXPECTED;
  },
};

/** @throws InputError when the file cannot be written */
export function writeFile(terminal: Terminal, file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(resolve(terminal.folder, file), content);
  } catch (error) {
    throw new InputError(`--out: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Why a subject ended as it did. */
export function explanationOf({ watched, outcome, verdicts, schedule }: Subject): Explanation {
  return explain(watched.events, outcome, { time: schedule.time, rulings: verdicts });
}

async function besideOf(subject: Subject, beside: string | undefined, terminal: Terminal): Promise<Subject | null> {
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
  const passing = passingBeside(subject);
  return passing === null ? null : asItEnded(recorded(subject.found, subject.settings, passing));
}

// What judges say of one that is only compared with is not asked.
function asItEnded(subject: Subject): Subject {
  return { ...subject, verdicts: [], outcome: subject.watched.execution.outcome };
}

function said({ found, outcome, schedule }: Subject, other: Subject | null): string {
  const how =
    outcome.kind !== "finished"
      ? outcome.kind
      : schedule.time === "measured"
        ? "finished, in one run under Haiku's scheduler"
        : "finished";
  return `${found.name}: ${how}${other === null ? "" : `; beside it an execution that ends as ${other.outcome.kind}`}`;
}

function writtenPage(subject: Subject, other: Subject | null, isBesideOpen: boolean, terminal: Terminal): string {
  const { found, watched, outcome, verdicts, schedule, token } = subject;
  const explanation = explanationOf(subject);
  const headline = headlineOf(verdicts, outcome);
  const { steps } = watched.execution;
  const counts = [counted(steps, "step")];
  if (schedule.time === "adversarial") counts.push(counted(watched.preemptions, "preemption"));
  else counts.push("one run under Haiku's scheduler");
  return pageOf({
    scenario: found.name,
    about: found.scenario.definition.about ?? "",
    outcome: outcome.kind,
    explanation,
    rulings: verdicts.filter((verdict) => verdict !== headline),
    counts: counts.join(", "),
    replay: replayCommand(terminal, token),
    beside: other === null ? "" : besideWords(other),
    isBesideOpen,
    data: pageData(subject, other, explanation, terminal),
    script: pageScript(),
    hash: policyHash,
  });
}

function besideWords({ outcome, token }: Subject): string {
  const how = outcome.kind === "finished" ? "passes" : `ends as ${outcome.kind}`;
  return `Beside it: the same scenario by a schedule that ${how}, ${token}`;
}

function pageData(subject: Subject, other: Subject | null, explanation: Explanation, terminal: Terminal): PageData {
  const places = new Places();
  const runs: Run[] = [drawn(subject, "fails", explanation, places)];
  if (other !== null) runs.push(drawn(other, "passes", explanationOf(other), places));
  const [one, two] = runs;
  const shown = shownPlaces(runs);
  const files = new Set(places.all.filter((_, number) => shown.has(number)).map(({ file }) => file));
  return {
    version: 1,
    runs,
    difference: one === undefined || two === undefined ? -1 : firstDifference(one, two),
    places: places.all,
    files: sourcesOf(files, subject.schedule.scenario, terminal.folder),
  };
}

function drawn(subject: Subject, failing: string, explanation: Explanation, places: Places): Run {
  const { outcome, watched, schedule, token, observed } = subject;
  return timelineOf(
    {
      title: outcome.kind === "finished" ? "passes" : failing === "passes" ? `ends as ${outcome.kind}` : failing,
      schedule: token,
      events: watched.events,
      outcome,
      isMeasured: schedule.time === "measured",
      named: stepsIn(explanation),
      observed,
    },
    places,
  );
}

// The steps that an explanation speaks of.
function stepsIn({ title, sentences }: Explanation): ReadonlySet<number> {
  const text = [title, ...sentences].join(" ");
  return new Set([...text.matchAll(/\bstep (\d+)/g)].map(([, step]) => Number(step)));
}

// Those of the rows, not of what lies deeper in a stack.
function shownPlaces(runs: readonly Run[]): ReadonlySet<number> {
  return new Set(
    runs.flatMap(({ rows }) => rows.flatMap(({ frame, effects }) => [frame, ...effects.map((each) => each.frame)])),
  );
}

/** The options of a command that are a search's. */
export function searchingOf(options: RawOptions, ...own: readonly string[]): RawOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !own.includes(name)));
}
