// `original`: back from an execution that was turned.

import type { KdlCommand } from "#kdl/command";
import { describeStanding } from "#kdl/standing";

export const original: KdlCommand = {
  names: ["original"],
  usage: "",
  about: "return from switch-at to the execution that the debugger was opened on, at its end",
  most: 0,
  perform(kdl) {
    if (kdl.timeline === kdl.original) return "this is the original execution";
    kdl.returnToOriginal();
    return describeStanding(kdl);
  },
};
