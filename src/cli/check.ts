// `lockstep check`: looks at scenario files without running them, and shows every place that is wrong.

import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InputError } from "#base/assert";
import { JSON_OPTION, type Command } from "#cli/command";
import { loadScenarioFile, MODULE } from "#load/scenario-file";
import { lookAtScript, SCRIPT } from "#load/script-file";
import { isSet } from "#cli/options";
import { EXIT_AS_EXPECTED, EXIT_WRONG_INPUT } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import { counted } from "#report/text";
import type { Problem } from "#script/reader";
import { scriptSchema } from "#script/schema";

/** Characters of a source line that are shown. */
const SHOWN_MOST = 160;

interface Checked {
  readonly file: string;
  /** The scenario's name; null when it is none. */
  readonly scenario: string | null;
  readonly problems: readonly Problem[];
  readonly text: string;
}

export const check: Command = {
  usage: "check [file...]",
  about: "look at scenario files without running them, and show what is wrong, by line and column",
  details: `Scenarios in YAML are read, and the drivers that they name are loaded; of one in TypeScript the module is loaded. Exit code
0: all are scenarios; 2: some are not.`,
  options: [
    { usage: "--schema", about: "print the JSON Schema of scenarios in YAML, for editors, and look at no file" },
    JSON_OPTION,
  ],
  examples: ["lockstep check my-scenario.yaml", "lockstep check *.yaml --json", "lockstep check --schema"],
  words: { least: 0, most: Number.POSITIVE_INFINITY, wanted: "files" },

  async perform(terminal, words, options) {
    const asJson = isSet(options, "json");
    if (isSet(options, "schema")) {
      if (words.length > 0) throw new InputError("check looks either at files or, with --schema, at none");
      terminal.out(`${JSON.stringify(scriptSchema(), null, asJson ? undefined : 2)}\n`);
      return EXIT_AS_EXPECTED;
    }
    if (words.length === 0) throw new InputError("check takes files, or --schema; none was given");
    const checked: Checked[] = [];
    for (const word of words) checked.push(await checkFile(word, terminal.folder));
    if (asJson) terminal.out(`${JSON.stringify({ files: checked.map(({ text: _text, ...each }) => each) })}\n`);
    else for (const each of checked) terminal.out(describe(each, terminal));
    return checked.every(({ problems }) => problems.length === 0) ? EXIT_AS_EXPECTED : EXIT_WRONG_INPUT;
  },
};

async function checkFile(word: string, folder: string): Promise<Checked> {
  const path = resolve(folder, word);
  const shown = (relative(folder, path) || path).replaceAll("\\", "/");
  const isFile = existsSync(path) && statSync(path).isFile();
  if (isFile && SCRIPT.test(path)) {
    const { scenario, problems, text } = await lookAtScript(path, shown, folder);
    return { file: shown, scenario: scenario?.name ?? null, problems, text };
  }
  try {
    const { name } = await loadScenarioFile(path, folder);
    return { file: shown, scenario: name, problems: [], text: "" };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const text = isFile && MODULE.test(path) ? readFileSync(path, "utf8") : "";
    return { file: shown, scenario: null, problems: [problemOf(error.message, shown)], text };
  }
}

// What a module's loader says begins with the place, where there is one.
function problemOf(message: string, shown: string): Problem {
  const [, file, line, column, rest] = /^(\S+?):(\d+):(\d+): ([^]*)$/.exec(message) ?? [];
  if (file !== shown || rest === undefined) return { line: 1, column: 1, message };
  return { line: Number(line), column: Number(column), message: rest };
}

function describe({ file, scenario, problems, text }: Checked, terminal: Terminal): string {
  const { bold, green, red, dim } = terminal.colors;
  if (problems.length === 0) return `${green("ok")}  ${bold(file)}: the scenario "${scenario}"\n`;
  const lines = text.split("\n");
  const told = problems.map(({ line, column, message }) => {
    const source = excerpt(lines[line - 1] ?? "", column);
    const excerptLines =
      source === null
        ? ""
        : `\n${dim(`${String(line).padStart(5)} | ${source.text}`)}\n${dim("      | ")}${" ".repeat(source.at)}${red("^")}`;
    return `${bold(`${file}:${line}:${column}`)}: ${message}${excerptLines}\n`;
  });
  return `${told.join("")}${red(counted(problems.length, "problem"))} in ${file}\n`;
}

/** The line, or the part of a long one in which the place lies; null for an empty one. */
function excerpt(line: string, column: number): { readonly text: string; readonly at: number } | null {
  const plain = line.replaceAll(/\p{Cc}/gu, " ");
  if (plain.trim() === "") return null;
  const from = column <= SHOWN_MOST ? 0 : column - SHOWN_MOST / 2;
  return { text: plain.slice(from, from + SHOWN_MOST), at: column - 1 - from };
}
