// What a line that is being typed could go on with.

import { BREAKPOINT_KINDS, VERBS } from "#kdl/breakpoints";
import { COMMANDS } from "#kdl/commands";
import type { Completes, KdlCommand } from "#kdl/command";
import type { Debugger } from "#kdl/debugger";
import { FILTERS } from "#kdl/filters";
import { isShown } from "#kdl/find";
import { quoteWord } from "#kdl/line";
import { teamsOf } from "#kdl/team";

/** What fits the last word of `line`, each whole and with a blank behind it; and that word. */
export function complete(kdl: Debugger, line: string): [fitting: string[], word: string] {
  const part = /[^;|]*$/.exec(line.replace(/"[^"]*"/g, (quoted) => quoted.replace(/[;|]/g, " ")))?.[0] ?? "";
  const last = line.slice(line.length - part.length).trimStart();
  const isFilter = /\|[^;|]*$/.test(line.slice(0, line.length - part.length + 1)) && line.at(-part.length - 1) === "|";
  const word = /(?:"[^"]*|\S*)$/.exec(last)?.[0] ?? "";
  const before = last.slice(0, last.length - word.length).trim();
  const names = candidates(kdl, before, isFilter);
  const wanted = word.replace(/^"/, "").toLowerCase();
  const fitting = names.filter((name) => name.toLowerCase().startsWith(wanted));
  return [fitting.map((name) => `${quoteWord(name)} `), word];
}

function candidates(kdl: Debugger, before: string, isFilter: boolean): readonly string[] {
  if (before === "") {
    return isFilter ? FILTERS.map(({ name }) => name) : COMMANDS.flatMap(({ names }) => names).sort();
  }
  const [name = "", ...words] = before.split(/\s+/);
  const command = isFilter ? undefined : COMMANDS.find(({ names }) => names.includes(name));
  return command === undefined ? [] : namesFor(kdl, command, command.completes ?? "nothing", words);
}

function namesFor(kdl: Debugger, command: KdlCommand, what: Completes, words: readonly string[]): readonly string[] {
  const { moment } = kdl;
  switch (what) {
    case "thread":
      return unique(moment.threads.map(({ title }) => title));
    case "object":
      return unique([
        ...moment.objects.filter((object) => isShown(object) && object.type !== "thread").map(({ title }) => title),
        ...moment.blocks.map(({ type }) => type.name),
      ]);
    case "team":
      return unique(teamsOf(moment).map(({ kernel, name }) => kernel.prefix + name));
    case "command":
      return [...COMMANDS.flatMap(({ names }) => names), ...FILTERS.map(({ name }) => name)].sort();
    case "breakpoint":
      return breakpointNames(kdl, command, words);
    case "nothing":
      return [];
  }
}

function breakpointNames(kdl: Debugger, command: KdlCommand, [kind]: readonly string[]): readonly string[] {
  const { events } = kdl.timeline;
  switch (kind) {
    case undefined:
      return BREAKPOINT_KINDS;
    case "operation":
      return VERBS;
    case "object":
      return namesFor(kdl, command, "object", []);
    case "hook":
      return unique(
        events.flatMap(({ kind: each, text }) => (each === "enter" ? [text.split(" hook of ")[0] ?? ""] : [])),
      );
    default:
      return [];
  }
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
