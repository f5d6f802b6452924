// `lockstep init`: writes a working start, a driver, a scenario or a suite, and says what to run next. Nothing is overwritten,
// and either all files are written or none.

import { lstatSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Command } from "#cli/command";
import { installationRoot } from "#load/installation";
import { EXIT_AS_EXPECTED } from "#cli/result";
import { writeNew } from "#load/whole-file";

interface Start {
  /** Templates and what is written of them; NAME stands for the name. */
  readonly files: readonly { readonly template: string; readonly file: string; readonly what: string }[];
  /** Commands, after `lockstep` where they begin with a dot. */
  readonly next: readonly { readonly command: string; readonly why: string }[];
}

const RUN_SUITE = {
  command: "npx vitest run NAME.test.ts",
  why: "runs the suite; needs vitest 4.1 and lockstep in your project",
};

const STARTS: Readonly<Record<string, Start>> = {
  driver: {
    files: [
      { template: "driver.ts", file: "NAME.ts", what: "the driver of /dev/misc/NAME" },
      { template: "driver.yaml", file: "NAME.yaml", what: "a scenario: a read is blocked, the file is closed" },
      { template: "driver-suite.ts", file: "NAME.test.ts", what: "a suite: more scenarios, each on every schedule" },
    ],
    next: [{ command: "lockstep explore NAME.yaml", why: "tries every order of steps" }, RUN_SUITE],
  },
  scenario: {
    files: [
      { template: "scenario.yaml", file: "NAME.yaml", what: "a scenario: a tap device is closed while it is read" },
    ],
    next: [
      { command: "lockstep check NAME.yaml", why: "looks at what you change" },
      { command: "lockstep run NAME.yaml", why: "runs it once" },
      { command: "lockstep explore NAME.yaml", why: "tries every order of steps" },
    ],
  },
  suite: {
    files: [{ template: "suite.ts", file: "NAME.test.ts", what: "a suite: a driver that ships, on every schedule" }],
    next: [RUN_SUITE],
  },
};

const KINDS = Object.keys(STARTS);

export const init: Command = {
  usage: "init <kind> <name>",
  about: "write a working start, in the folder you are in: a driver, a scenario or a suite",
  details: `driver NAME    NAME.ts, NAME.yaml and NAME.test.ts: a device, a scenario for it, and a suite
scenario NAME  NAME.yaml: a scenario in YAML, with a driver that ships
suite NAME     NAME.test.ts: a suite for vitest, with a driver that ships
What is there already is not overwritten.`,
  options: [],
  examples: ["lockstep init driver echo", "lockstep init scenario close-while-reading", "lockstep init suite tunnels"],
  words: { least: 2, most: 2, wanted: `a kind (${KINDS.join(", ")}) and a name` },

  perform(terminal, [kind = "", name = ""]) {
    const start = Object.hasOwn(STARTS, kind) ? STARTS[kind] : undefined;
    if (start === undefined)
      throw new InputError(`init takes one of ${KINDS.join(", ")}, not "${kind}"${suggestion(kind, KINDS)}`);
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 30) {
      throw new InputError(
        `a name is made of small letters and digits, with hyphens between words, 30 at most; this is "${name}"`,
      );
    }
    writeAll(start, name, terminal.folder);
    const { bold, dim } = terminal.colors;
    const width = Math.max(...start.files.map(({ file }) => named(file, name).length));
    for (const { file, what } of start.files)
      terminal.out(`wrote ${bold(named(file, name).padEnd(width))}  ${dim(named(what, name))}\n`);
    terminal.out("\nNext:\n");
    const commands = start.next.map(({ command, why }) => {
      return { command: named(command, name).replace(/^lockstep/, terminal.program), why };
    });
    const wide = Math.max(...commands.map(({ command }) => command.length));
    for (const { command, why } of commands) terminal.out(`  ${command.padEnd(wide)}  ${dim(why)}\n`);
    return EXIT_AS_EXPECTED;
  },
};

function named(text: string, name: string): string {
  return text.replaceAll("NAME", name);
}

function writeAll({ files }: Start, name: string, folder: string): void {
  const texts = files.map(({ template, file }) => ({
    file: named(file, name),
    text: fill(readFileSync(join(installationRoot, "templates", template), "utf8"), name),
  }));
  const there = texts.find(({ file }) => isThere(resolve(folder, file)));
  if (there !== undefined)
    throw new InputError(`${there.file} is there already, and is not overwritten; nothing was written`);
  const written: string[] = [];
  try {
    for (const { file, text } of texts) {
      writeNew(resolve(folder, file), text, file);
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(resolve(folder, file), { force: true });
    throw new InputError(`nothing was written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

// A link that leads nowhere is there, too.
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A template with the name in place of its three forms: NAME, camelName and PascalName. */
function fill(template: string, name: string): string {
  const camel = name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const pascal = `${camel[0]?.toUpperCase()}${camel.slice(1)}`;
  return template.replaceAll("camelName", camel).replaceAll("PascalName", pascal).replaceAll("NAME", name);
}
