// `syslog`: the lines that drivers and programs have printed.

import type { KdlCommand } from "#kdl/command";

export const syslog: KdlCommand = {
  names: ["syslog"],
  usage: "",
  about: "show the lines that drivers and programs have printed so far",
  most: 0,
  perform({ timeline, step }) {
    const lines = timeline.events.filter((event) => event.kind === "output" && event.step <= step);
    return lines.length === 0 ? "nothing was printed" : lines.map(({ text }) => text.trimEnd()).join("\n");
  },
};
