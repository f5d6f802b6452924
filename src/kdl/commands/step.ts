// `step`: forwards in time.

import type { KdlCommand } from "#kdl/command";
import { findNumber } from "#kdl/find";
import { describeStanding } from "#kdl/standing";

export const step: KdlCommand = {
  names: ["step", "s"],
  usage: "[count]",
  about: "go one step forwards in time, or several",
  details: "A step is an operation, and all that its thread does up to its next one.",
  perform(kdl, [word = "1"]) {
    const count = findNumber(word, "the number of steps", 1);
    if (kdl.step >= kdl.timeline.last) return `there is no step after ${kdl.timeline.last}\n${describeStanding(kdl)}`;
    kdl.goTo(kdl.step + count);
    return describeStanding(kdl);
  },
};
