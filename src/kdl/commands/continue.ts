// `continue`: forwards to the next breakpoint.

import type { KdlCommand } from "#kdl/command";
import { goOn } from "#kdl/go-on";

export const goForwards: KdlCommand = {
  names: ["continue", "c"],
  usage: "",
  about: "go forwards to the next breakpoint, or to the end",
  details: 'In Haiku this leaves the debugger. Here that is "exit".',
  most: 0,
  perform: (kdl) => goOn(kdl, 1),
};
