// `lockstep explain`: why an execution ended as it did, in words, and nothing else.

import { JSON_OPTION, type Command } from "#cli/command";
import { replayCommand } from "#cli/finding";
import { isSet } from "#cli/options";
import { SEARCH_OPTIONS, searchingOf } from "#cli/report-page";
import { SUBJECT_WANTED, subjectOf, type Subject } from "#cli/report-page-subject";
import { EXIT_AS_EXPECTED } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import { verdictResult } from "#cli/judging";
import { besides } from "#report/explain";
import { wrap } from "#report/text";
import { explanationOf } from "#page-file/page-file";

export const explain: Command = {
  usage: "explain <schedule|name|file>",
  about: "print why a schedule ends as it does, in words",
  details: `Of a scenario it explains what a search finds first.`,
  options: [...SEARCH_OPTIONS, JSON_OPTION],
  examples: ["lockstep explain ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4"],
  words: { least: 1, most: 1, wanted: SUBJECT_WANTED },

  async perform(terminal, words, options) {
    const asJson = isSet(options, "json");
    const subject = await subjectOf(words[0] ?? "", searchingOf(options, "json"), terminal);
    terminal.out(asJson ? `${JSON.stringify(asResult(subject))}\n` : inWords(subject, terminal));
    return EXIT_AS_EXPECTED;
  },
};

function asResult(subject: Subject): object {
  const { found, outcome, token, verdicts } = subject;
  const { title, sentences, hints } = explanationOf(subject);
  return {
    scenario: found.name,
    schedule: token,
    outcome: outcome.kind,
    title,
    sentences,
    hints,
    verdicts: verdicts.map(verdictResult),
  };
}

function inWords(subject: Subject, terminal: Terminal): string {
  const { found, outcome, token, verdicts } = subject;
  const { bold, dim, red, green } = terminal.colors;
  const { width } = terminal;
  const { title, sentences, hints } = explanationOf(subject);
  const color = outcome.kind === "finished" ? green : red;
  const others = besides(verdicts, outcome);
  const sections = [
    `${color(bold(wrap(title, width)))}\n${dim(found.name)}`,
    sentences.map((sentence) => wrap(sentence, width, "  ")).join("\n"),
    hints.map((hint) => wrap(hint, width, "  hint: ")).join("\n"),
    others.map(({ judge, message }) => wrap(`${message} (${judge}).`, width, "  beside: ")).join("\n"),
    `replay:   ${bold(replayCommand(terminal, token))}`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}
