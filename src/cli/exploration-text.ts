// What `lockstep explore` prints: what was searched and how it ended, then each finding in full.

import type { Explored } from "#cli/explore";
import type { Found } from "#cli/find-scenario";
import { judgedWords } from "#cli/judging";
import { duration } from "#cli/result";
import { declaredOutcome } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { verdictLine } from "#cli/verdict";
import type { Guarantee, Part } from "#explore/strategy";
import { accessWords } from "#judges/accesses";
import { coverageText, type Coverage } from "#report/coverage";
import { counted, table, thousands, wrap } from "#report/text";
import { coverageSentence, STRATEGY_WORDS } from "#report/words";

export function describeExploration(
  found: Found,
  explored: Explored,
  terminal: Terminal,
  reached: Coverage | null = null,
): string {
  const { bold, dim } = terminal.colors;
  const { result, search, findings, again = null } = explored;
  const { definition } = found.scenario;
  const title = `${found.name}${definition.about === undefined ? "" : `: ${definition.about}`}`;
  const head = [
    wrap(title, terminal.width).replace(found.name, bold),
    `  ${verdictLine(result, declaredOutcome(found.scenario, { parameters: {} }, "explore"), terminal.colors)}`,
    wrap(`${searched(explored)}.`, terminal.width, "  "),
    ...(search.guarantee === null || search.parts.length > 0
      ? []
      : [wrap(`${guaranteeWords(search.guarantee)}.`, terminal.width, "  ")]),
    dim(wrap(pace(explored), terminal.width, "  ")),
    dim(wrap(judgedWords(result.judged, added(explored)), terminal.width, "  ")),
    ...(again === null ? [] : [wrap(accessWords(again.racy, again.search), terminal.width, "  ")]),
    ...(search.parts.length === 0 ? [] : ["", partsTable(search.parts)]),
    ...(reached === null ? [] : ["", coverageText(reached, terminal.width)]),
  ];
  const shown = findings.map((finding, place) => {
    return `\n${bold(`Finding ${place + 1} of ${findings.length}`)} ${dim(`(${finding.when})`)}\n${finding.text.trimEnd()}\n`;
  });
  return `${head.join("\n")}\n${shown.join("")}`;
}

function added({ findings }: Explored): readonly string[] {
  return findings.flatMap(({ noticedBy }) => (noticedBy === undefined ? [] : [noticedBy]));
}

// A judge's finding is no failure of an execution: the search may still have shown that none fails.
function searched({ search, findings }: Explored): string {
  const sentence = coverageSentence(search);
  const isByJudges = search.findings.length === 0 && findings.length > 0;
  return isByJudges ? sentence.replace(/^none exists|^no failure found/, "by itself no execution fails: $&") : sentence;
}

function pace({ result, search }: Explored): string {
  const blocked =
    search.blocked === 0 ? "" : `, ${counted(search.blocked, "more", "more")} cut short as equal to one explored`;
  const repeated =
    search.repeated === 0 ? "" : `, ${thousands(search.repeated)} of them once more within a higher bound`;
  const all = `${counted(result.executions, "execution")}${blocked}${repeated}`;
  return `${all}, ${counted(result.steps, "step")} in ${duration(search.milliseconds)}: ${thousands(result.executionsPerSecond)} a second`;
}

/** `each execution finds a bug of depth 3 with a probability of at least 1/(n k^2) = 1/(3 x 28^2) = 0.00043 ...` */
function guaranteeWords(guarantee: Guarantee): string {
  const { depth, threads, steps, perExecution, together, executions } = guarantee;
  const power = depth - 1;
  const formula = (n: string | number, by: string, k: string | number): string =>
    power === 0 ? `1/${n}` : `1/(${n}${by}${k}${power === 1 ? "" : `^${power}`})`;
  const counts = power === 0 ? `n threads` : `n threads and k steps, the most seen`;
  const drawn = power === 0 ? "all" : `${counted(executions, "execution")} drawn for so many steps, all`;
  return (
    `by the bound of PCT each execution finds a bug of depth ${depth} with a probability of at least ` +
    `${formula("n", " ", "k")} = ${formula(threads, " x ", steps)} = ${share(perExecution)} (${counts}); ` +
    `${drawn} together with at least ${share(together)}${notPromised(guarantee)}`
  );
}

function notPromised({ nobodySlept, nothingChosen }: Guarantee): string {
  const needs = [
    ...(nobodySlept ? [] : ["a sleeper to go on before others"]),
    ...(nothingChosen ? [] : ["certain ones of the chosen values"]),
  ];
  return needs.length === 0 ? "" : `; that holds for bugs which do not need ${needs.join(", or ")}`;
}

// What each strategy of several did.
function partsTable(parts: readonly Part[]): string {
  const rows = parts.map(({ strategy, bound, executions, blocked, findings }) => [
    `${strategy}: ${STRATEGY_WORDS[strategy]}${bound === null ? "" : `, within 0, 1, 2... ${bound}`}`,
    thousands(executions),
    thousands(blocked),
    thousands(findings),
  ]);
  const columns = [
    { heading: "strategy" },
    { heading: "executions", align: "right" },
    { heading: "cut short", align: "right" },
    { heading: "findings", align: "right" },
  ] as const;
  return table(columns, rows).replaceAll(/^/gm, "  ");
}

/** A least probability, to two digits; never rounded up to a certainty. */
function share(probability: number): string {
  if (probability > 0.99) return "0.99";
  return probability === 0 ? "0" : probability.toPrecision(2);
}
