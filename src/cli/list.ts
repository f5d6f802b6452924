// `lockstep list`: the scenarios that ship, what each shows, and the parameters it declares.

import { JSON_OPTION, type Command } from "#cli/command";
import { isSet } from "#cli/options";
import { EXIT_AS_EXPECTED } from "#cli/result";
import { shippedList, type Group, type Listed } from "#cli/shipped-list";
import type { Terminal } from "#cli/terminal";
import { wrap } from "#report/text";
import type { Parameter } from "#scenario/types";

type Parameters = Readonly<Record<string, Parameter>>;

export const list: Command = {
  usage: "list",
  about: "list the scenarios that ship, with their parameters",
  options: [JSON_OPTION],
  examples: ["lockstep list"],
  words: { least: 0, most: 0, wanted: "no further words" },

  async perform(terminal, _words, options) {
    const asJson = isSet(options, "json");
    const scenarios = await shippedList();
    if (asJson) {
      terminal.out(`${JSON.stringify({ scenarios })}\n`);
      return EXIT_AS_EXPECTED;
    }
    const inGroup = (wanted: Group): Listed[] => scenarios.filter(({ group }) => group === wanted);
    printGroup(terminal, inGroup("story"), {});
    terminal.out(`\n${terminal.colors.dim("Two hosts and a tunnel between them")}\n\n`);
    printGroup(terminal, inGroup("vpn"), {});
    const classic = inGroup("classic");
    const common = inAll(classic);
    terminal.out(`\n${terminal.colors.dim("Programs of the literature, each of which also has")}\n`);
    printParameters(terminal, common, 2);
    terminal.out("\n");
    printGroup(terminal, classic, common);
    return EXIT_AS_EXPECTED;
  },
};

/** The parameters that all of the scenarios declare alike. */
function inAll(scenarios: readonly Listed[]): Parameters {
  const [first, ...others] = scenarios.map(({ parameters }) => parameters);
  const alike = ([name, { about }]: [string, Parameter]): boolean =>
    others.every((each) => each[name]?.about === about);
  return Object.fromEntries(Object.entries(first ?? {}).filter(alike));
}

function printGroup(terminal: Terminal, scenarios: readonly Listed[], common: Parameters): void {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, about, parameters } of scenarios) {
    const text = wrap(about, terminal.width, `${name.padEnd(width)}  `);
    terminal.out(`${terminal.colors.bold(text.slice(0, width))}${text.slice(width)}\n`);
    const own = Object.entries(parameters).filter(([parameter]) => common[parameter] === undefined);
    printParameters(terminal, Object.fromEntries(own), width + 2);
  }
}

function printParameters(terminal: Terminal, parameters: Parameters, indent: number): void {
  for (const [parameter, { default: value, about }] of Object.entries(parameters)) {
    const text = wrap(about, terminal.width, `${" ".repeat(indent)}--param ${parameter}=${value}  `);
    terminal.out(`${text.split("\n").map(terminal.colors.dim).join("\n")}\n`);
  }
}
