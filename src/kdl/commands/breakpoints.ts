// `breakpoints`: those that are set.

import { describeBreakpoint } from "#kdl/breakpoints";
import type { KdlCommand } from "#kdl/command";

export const listBreaks: KdlCommand = {
  names: ["breakpoints"],
  usage: "",
  about: "list the breakpoints",
  most: 0,
  perform({ breakpoints, timeline }) {
    if (breakpoints.length === 0) return 'there are no breakpoints ("break" sets one)';
    return breakpoints.map((each) => describeBreakpoint(timeline, each)).join("\n");
  },
};
