// `lockstep story`: every shipped scenario, run and explored, as one table and the tale behind each row.

import { JSON_OPTION, type Command } from "#cli/command";
import { exploreScenario, type Explored } from "#cli/explore";
import { replayCommand, VERBOSE_OPTION, type DescribedFinding } from "#cli/finding";
import type { Found } from "#cli/find-scenario";
import { isSet } from "#cli/options";
import { duration, EXIT_AS_EXPECTED, EXIT_NOT_AS_EXPECTED, toJson } from "#cli/result";
import { runScenario, type Ran } from "#cli/run";
import { loadShipped, SHIPPED, VPN, type ShippedName, type VpnName } from "#cli/shipped";
import { CHAPTERS, EPILOGUE, PROLOGUE } from "#cli/story-text";
import { verbosely, type Terminal } from "#cli/terminal";
import { tellTunnels } from "#cli/tunnel-story";
import { JUDGES } from "#judges/all";
import { thousands, wrap } from "#report/text";

/**
 * Executions at most for a scenario that is meant to fail: its failures are common, and their number is no
 * proof of anything. One that is meant to finish is explored to its end.
 */
const FAILING_EXECUTIONS = 5_000;
/** For one search, and for all of them: the story is told in under a minute, whatever happens. */
const SECONDS_MOST = 20;
const SECONDS_IN_ALL = 50;

export const story: Command = {
  usage: "story",
  about: "what happened to a driver in the summer of 2023: every shipped scenario, run and explored",
  details: `Scenarios that are meant to fail are explored for at most ${thousands(FAILING_EXECUTIONS)} executions here; "lockstep explore NAME" goes on.`,
  options: [VERBOSE_OPTION, JSON_OPTION],
  examples: ["lockstep story"],
  words: { least: 0, most: 0, wanted: "no further words" },

  async perform(plain, _words, options) {
    const terminal = verbosely(plain, isSet(options, "verbose"));
    return await tellStory(SHIPPED, isSet(options, "json"), terminal, VPN);
  },
};

/** Tells the story of these scenarios; gives the exit code. */
export async function tellStory(
  names: readonly ShippedName[],
  asJson: boolean,
  terminal: Terminal,
  tunnels: readonly VpnName[] = [],
): Promise<number> {
  const began = terminal.now();
  const chapters: Told[] = [];
  const print = asJson ? null : new StoryPrinter(terminal);
  print?.prologue();
  for (const name of names) {
    const left = SECONDS_IN_ALL - (terminal.now() - began) / 1000;
    const told = await tell(
      name,
      Math.max(1, Math.min(SECONDS_MOST, left)),
      asJson ? { ...terminal, isWatched: false } : terminal,
    );
    chapters.push(told);
    print?.row(told);
    if (asJson) terminal.out(toJson(told.ran.result) + toJson(told.explored.result));
  }
  print?.paragraphs(chapters);
  const wrong = chapters.filter((told) => !isAsExpected(told)).map(({ name }) => name as string);
  if (tunnels.length > 0) wrong.push(...(await tellTunnels(tunnels, asJson, terminal)));
  print?.epilogue(chapters.length + tunnels.length, wrong, terminal.now() - began);
  return wrong.length === 0 ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

interface Told {
  readonly name: ShippedName;
  readonly ran: Ran;
  readonly explored: Explored;
}

async function tell(name: ShippedName, maxSeconds: number, terminal: Terminal): Promise<Told> {
  const scenario = await loadShipped(name);
  const found: Found = { scenario, name };
  const settings = { parameters: {} };
  const isToFail = scenario.definition.expect?.explore !== "finished";
  const explored = exploreScenario(
    found,
    settings,
    {
      strategy: "dpor",
      stopAtFirst: false,
      shrinks: true,
      maxSeconds,
      maxExecutions: isToFail ? FAILING_EXECUTIONS : undefined,
    },
    terminal,
    // The tale is about what happens; "lockstep explore NAME" says what judges notice besides.
    { judges: JUDGES, samples: false },
  );
  return { name, explored, ran: runScenario(found, settings, terminal) };
}

// A driver that is meant to be correct is so only if its search came to its end.
function isAsExpected({ ran, explored }: Told): boolean {
  const isShown = explored.result.outcome !== "finished" || explored.result.exhausted;
  return ran.result.expected === true && explored.result.expected === true && isShown;
}

const HEADINGS = ["scenario", "driver", "run", "explore", "executions", "exhausted", ""] as const;
const WIDTHS: readonly number[] = [17, 49, 9, 9, 10, 9, 0];
/** Narrower terminals see whose driver it is only in the tale below the table. */
const WIDTH_OF_TABLE = 120;

class StoryPrinter {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  prologue(): void {
    const { bold } = this.#terminal.colors;
    for (const paragraph of PROLOGUE) this.#print(`${wrap(paragraph, this.#width)}\n`);
    this.#print(bold(this.#cells(HEADINGS)));
    this.#print(this.#terminal.colors.dim(this.#cells(WIDTHS.map((width) => "-".repeat(width))).trimEnd()));
  }

  row(told: Told): void {
    const { green, red } = this.#terminal.colors;
    const { ran, explored } = told;
    const line = this.#cells([
      told.name,
      CHAPTERS[told.name].driver,
      ran.result.outcome,
      explored.result.outcome,
      thousands(explored.result.executions).padStart(WIDTHS[4] ?? 0),
      explored.result.exhausted ? "yes" : "no",
      "",
    ]);
    this.#print(`${line}${isAsExpected(told) ? green("as told") : red("NOT AS EXPECTED")}`);
  }

  /** One for each finding, the same in both columns told once. */
  paragraphs(chapters: readonly Told[]): void {
    for (const { name, ran, explored } of chapters) {
      const { bold } = this.#terminal.colors;
      const chapter = CHAPTERS[name];
      this.#print(`\n${bold(name)} ${this.#terminal.colors.dim(`(${chapter.driver})`)}`);
      this.#print(wrap(chapter.tale, this.#width, "  "));
      const same = explored.findings.find((finding) => finding.explanation.title === ran.finding?.explanation.title);
      if (ran.finding !== null) this.#finding(same === undefined ? "run" : "run and explore", ran.finding);
      for (const finding of explored.findings) if (finding !== same) this.#finding("explore", finding);
      if (ran.finding === null && explored.findings.length === 0)
        this.#print(`  ${this.#terminal.colors.green(this.#clean(explored))}`);
    }
  }

  epilogue(count: number, wrong: readonly string[], milliseconds: number): void {
    const { bold, green, red } = this.#terminal.colors;
    this.#print(`\n${wrap(`${EPILOGUE} ${this.#terminal.program} explore NAME`, this.#width)}\n`);
    const names = wrong.join(", ");
    const verdict = wrong.length === 0 ? green(`All ${count} rows are as told.`) : red(`Not as expected: ${names}.`);
    this.#print(`${bold(verdict)} ${this.#terminal.colors.dim(`(${duration(milliseconds)})`)}`);
  }

  #cells(texts: readonly string[]): string {
    const isNarrow = this.#terminal.width < WIDTH_OF_TABLE;
    const shown = texts.map((text, place) => ({ text, place })).filter(({ place }) => !(isNarrow && place === 1));
    return shown.map(({ text, place }) => text.padEnd(WIDTHS[place] ?? 0)).join("  ");
  }

  #finding(how: string, finding: DescribedFinding): void {
    if (this.#terminal.isVerbose === true) return this.#print(`\n  ${how}:\n${finding.text.trimEnd()}`);
    const { explanation, result } = finding;
    const key = [explanation.title, ...telling(explanation.sentences)]
      .map((text) => text.replace(/\.?$/, "."))
      .join(" ");
    this.#print(`${wrap(key, this.#width, `  ${how}: `)}`);
    this.#print(`  ${this.#terminal.colors.dim(replayCommand(this.#terminal, result.schedule))}`);
  }

  #clean({ result }: Explored): string {
    return result.exhausted
      ? `No failure exists here: all ${thousands(result.executions)} executions that differ were explored.`
      : `No failure was found in ${thousands(result.executions)} executions; the search did not come to its end.`;
  }

  get #width(): number {
    return Math.min(this.#terminal.width, 120);
  }

  #print(line: string): void {
    this.#terminal.out(`${line}\n`);
  }
}

// The sentence that says why, where one does; the first one else, and by how much somebody had to be late.
function telling(sentences: readonly string[]): string[] {
  const why = sentences.filter((each) => /^Lost wakeup|" had freed that /.test(each));
  const first = sentences.slice(0, why.some((each) => each.startsWith("Lost wakeup")) ? 0 : 1);
  return [...first, ...why, ...sentences.filter((each) => each.startsWith("It happens only if"))];
}
