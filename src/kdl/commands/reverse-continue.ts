// `reverse-continue`: backwards to the breakpoint before.

import type { KdlCommand } from "#kdl/command";
import { goOn } from "#kdl/go-on";

export const goBackwards: KdlCommand = {
  names: ["reverse-continue", "rc"],
  usage: "",
  about: "go backwards to the breakpoint before, or to the beginning",
  most: 0,
  perform: (kdl) => goOn(kdl, -1),
};
