// `lockstep list`: the scenarios that ship, what each shows, and the parameters it declares.

import { JSON_OPTION, type Command } from "#cli/command";
import { isSet } from "#cli/options";
import { EXIT_AS_EXPECTED } from "#cli/result";
import { loadShipped, SHIPPED } from "#cli/shipped";

export const list: Command = {
  usage: "list",
  about: "list the scenarios that ship, with their parameters",
  options: [JSON_OPTION],
  examples: ["lockstep list"],
  words: { least: 0, most: 0, wanted: "no further words" },

  async perform(terminal, _words, options) {
    const asJson = isSet(options, "json");
    const scenarios = await Promise.all(SHIPPED.map(loadShipped));
    if (asJson) {
      const plain = scenarios.map(({ name, definition }) => ({
        name,
        about: definition.about ?? "",
        parameters: definition.parameters ?? {},
        expect: definition.expect ?? null,
      }));
      terminal.out(`${JSON.stringify({ scenarios: plain })}\n`);
      return EXIT_AS_EXPECTED;
    }
    const { bold, dim } = terminal.colors;
    const width = Math.max(...scenarios.map(({ name }) => name.length));
    for (const { name, definition } of scenarios) {
      terminal.out(`${bold(name.padEnd(width))}  ${definition.about ?? ""}\n`);
      for (const [parameter, { default: value, about }] of Object.entries(definition.parameters ?? {})) {
        terminal.out(`${" ".repeat(width)}  ${dim(`--param ${parameter}=${value}  ${about}`)}\n`);
      }
    }
    return EXIT_AS_EXPECTED;
  },
};
