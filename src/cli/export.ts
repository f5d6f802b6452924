// `lockstep export`: one execution in a form that other tools read.

import { resolve } from "node:path";
import { InputError } from "#base/assert";
import type { Command } from "#cli/command";
import { version } from "#load/installation";
import { single, word } from "#cli/options";
import { checkOverwrites, FORCE_OPTION, type OwnFiles } from "#cli/overwrite";
import { OUT_OPTION, SEARCH_OPTIONS, searchingOf } from "#cli/report-page";
import { SUBJECT_WANTED, subjectOf, type Subject } from "#cli/report-page-subject";
import { EXIT_AS_EXPECTED } from "#cli/result";
import { verdictResult } from "#cli/judging";
import { writeWhole } from "#load/whole-file";
import type { Capture } from "#net/capture";
import { IFT_ETHER } from "#net/device-module";
import { chromeTraceOf } from "#page/chrome-trace";
import { jsonTraceOf } from "#page/json-trace";
import { mermaidOf } from "#page/mermaid";
import { explanationOf } from "#page-file/page-file";
import { Places } from "#page/places";
import { timelineOf } from "#page/timeline";
import type { Run } from "#page/data";
import { PcapngWriter } from "#report/pcapng";
import { counted } from "#report/text";

const FORMATS = ["chrome-trace", "mermaid", "json", "pcapng"] as const;
type Format = (typeof FORMATS)[number];

/** All formats: one may be written over another. */
const OWN: OwnFiles = {
  what: "an export of Lockstep's",
  begins:
    /^(\{"displayTimeUnit":"ns","otherData":\{"schedule":"ls\d|sequenceDiagram\n {2}title |\{"format":"lockstep-trace"|\n\r\r\n[^]*lockstep )/,
};

export const exportTrace: Command = {
  usage: "export <schedule|name|file>",
  about: "write one execution in a form that other tools read",
  details: `chrome-trace   for ui.perfetto.dev and about:tracing: threads and locks as tracks, wake-ups as flows
mermaid        a sequence diagram for a ticket, folded when it is long
json           the trace, as docs/trace.schema.json describes it
pcapng         the packets that crossed any interface (needs -o)

Without -o the result goes to standard output. Of a scenario it takes what a search finds first;
where it finds nothing, one run under Haiku's scheduler. A file that is no export is not written over.`,
  options: [{ usage: "--format <name>", about: FORMATS.join(", ") }, OUT_OPTION, FORCE_OPTION, ...SEARCH_OPTIONS],
  examples: [
    "lockstep export merged-close --format mermaid",
    "lockstep export ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4 --format chrome-trace -o trace.json",
  ],
  words: { least: 1, most: 1, wanted: SUBJECT_WANTED },

  async perform(terminal, words, options) {
    const format = word(options, "format", FORMATS);
    if (format === undefined) throw new InputError(`export takes --format with one of ${FORMATS.join(", ")}`);
    const file = single(options, "out", "the name of a file");
    if (format === "pcapng" && file === undefined)
      throw new InputError("--format pcapng is no text: say with -o FILE.pcapng where it is to go");
    if (file !== undefined) checkOverwrites(file, OWN, options, terminal);
    const searching = searchingOf(options, "out", "format", "force");
    let writer = new PcapngWriter("", "");
    const capture = (): Capture => {
      const begun = new PcapngWriter(`lockstep ${version}`, `${words[0] ?? ""}, virtual time from 0`);
      writer = begun;
      return ({ hardwareType, ...packet }) => begun.add({ ...packet, isEthernet: hardwareType === IFT_ETHER });
    };
    const looking = { capture, readsStacks: format === "json" };
    const subject = await subjectOf(words[0] ?? "", searching, terminal, looking);
    const content = format === "pcapng" ? writer.bytes() : textOf(format, subject);
    if (file === undefined) terminal.out(content as string);
    else {
      writeWhole(resolve(terminal.folder, file), content, file);
      const what = format === "pcapng" ? counted(writer.packets, "packet") : format;
      terminal.out(`${subject.found.name}: ${subject.outcome.kind}\n${file}: ${what}\n`);
    }
    return EXIT_AS_EXPECTED;
  },
};

function textOf(format: Exclude<Format, "pcapng">, subject: Subject): string {
  switch (format) {
    case "json":
      return jsonTraceOf({
        lockstep: version,
        scenario: subject.found.name,
        schedule: subject.token,
        time: subject.schedule.time,
        outcome: subject.outcome,
        explanation: explanationOf(subject),
        verdicts: subject.verdicts.map(verdictResult),
        events: subject.watched.events,
      });
    case "chrome-trace":
      return chromeTraceOf(subject.found.name, drawn(subject));
    case "mermaid":
      return mermaidOf(explanationOf(subject).title, drawn(subject));
  }
}

function drawn(subject: Subject): Run {
  const { token, watched, outcome, schedule, observed } = subject;
  const isMeasured = schedule.time === "measured";
  const { events } = watched;
  const named: ReadonlySet<number> = new Set();
  return timelineOf({ title: "", schedule: token, events, outcome, isMeasured, named, observed }, new Places());
}
