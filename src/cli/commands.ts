// The subcommands, each in a module of its own that is loaded only when it is wanted: what none of the words on a command
// line asks for costs no start-up time. Here is what the general help says of them; the rest is in the modules.

import { assert } from "#base/assert";
import type { Command } from "#cli/command";

/** A subcommand before it is loaded. */
export interface Entry extends Pick<Command, "usage" | "about"> {
  load(): Promise<Command>;
}

/** In the order of the help. */
export const ENTRIES: readonly Entry[] = [
  {
    usage: "story",
    about: "what happened to a driver in the summer of 2023: every shipped scenario, run and explored",
    load: async () => (await import("#cli/story")).story,
  },
  {
    usage: "list",
    about: "list the scenarios that ship, with their parameters",
    load: async () => (await import("#cli/list")).list,
  },
  {
    usage: "run [name|file...]",
    about: "run scenarios once each, under Haiku's scheduler; without a name, all that ship",
    load: async () => (await import("#cli/run")).run,
  },
  {
    usage: "explore <name|file>",
    about: "explore a scenario's schedules, and show every distinct finding",
    load: async () => (await import("#cli/explore")).explore,
  },
  {
    usage: "merge <...files>",
    about: "join the parts of a search that explore --shard did, into its one result",
    load: async () => (await import("#cli/merge")).merge,
  },
  {
    usage: "replay <schedule>",
    about: "run one schedule again, as a finding prints it",
    load: async () => (await import("#cli/replay")).replay,
  },
  {
    usage: "kdl <schedule>",
    about: "open the kernel debugger where a schedule ends, and go through it in both directions of time",
    load: async () => (await import("#cli/kdl")).kdl,
  },
  {
    usage: "explain <schedule|name|file>",
    about: "print why a schedule ends as it does, in words",
    load: async () => (await import("#cli/explain")).explain,
  },
  {
    usage: "report <schedule|name|file>",
    about: "write one execution as a page for the browser, with its timeline",
    load: async () => (await import("#cli/report-page")).reportPage,
  },
  {
    usage: "export <schedule|name|file>",
    about: "write one execution in a form that other tools read",
    load: async () => (await import("#cli/export")).exportTrace,
  },
  {
    usage: "check [file...]",
    about: "look at scenario files without running them, and show what is wrong, by line and column",
    load: async () => (await import("#cli/check")).check,
  },
  {
    usage: "init <kind> <name>",
    about: "write a working start, in the folder you are in: a driver, a scenario or a suite",
    load: async () => (await import("#cli/init")).init,
  },
];

/** The name by which a subcommand is called. */
export function nameOf({ usage }: Pick<Command, "usage">): string {
  return usage.split(" ")[0] ?? "";
}

/**
 * Those subcommands that it takes to read the words of a command line: the one that comes first; all of them where an option
 * does, since what may follow it is a matter of the subcommand.
 */
export async function commandsFor(words: readonly string[]): Promise<readonly Command[]> {
  const [first] = words;
  const entry = ENTRIES.find((each) => nameOf(each) === first);
  if (entry !== undefined) return [await loaded(entry)];
  const isGeneral = words.every((word) => ["-h", "--help", "-v", "--version"].includes(word));
  return isGeneral || first?.startsWith("-") !== true ? [] : await Promise.all(ENTRIES.map(loaded));
}

async function loaded(entry: Entry): Promise<Command> {
  const command = await entry.load();
  // What is loaded from now on is drivers and scenarios, whose stacks name what was written. Of what was loaded up to here they do so
  // without the engine (src/trace/written.ts).
  process.setSourceMapsEnabled(true);
  assert(command.usage === entry.usage && command.about === entry.about, `the table tells "${entry.usage}" as it is`);
  return command;
}
