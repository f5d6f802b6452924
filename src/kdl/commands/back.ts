// `back`: backwards in time.

import type { KdlCommand } from "#kdl/command";
import { findNumber } from "#kdl/find";
import { describeStanding } from "#kdl/standing";

export const back: KdlCommand = {
  names: ["back", "b"],
  usage: "[count]",
  about: "go one step backwards in time, or several",
  details: "The set-up has steps too; before the first one the hosts have just booted.",
  perform(kdl, [word = "1"]) {
    const count = findNumber(word, "the number of steps", 1);
    if (kdl.step === 0) return "there is no step before the first";
    kdl.goTo(kdl.step - count);
    return describeStanding(kdl);
  },
};
