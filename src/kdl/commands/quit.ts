// `exit`: leaves the debugger.

import type { KdlCommand } from "#kdl/command";

export const quit: KdlCommand = {
  names: ["exit", "quit", "es"],
  usage: "",
  about: "leave the debugger",
  most: 0,
  perform(kdl) {
    kdl.hasQuit = true;
    return "";
  },
};
