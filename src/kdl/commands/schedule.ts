// `schedule`: the token of what is looked at.

import type { KdlCommand } from "#kdl/command";

export const schedule: KdlCommand = {
  names: ["schedule"],
  usage: "",
  about: "print the schedule of this execution, for lockstep replay and lockstep kdl",
  most: 0,
  perform(kdl) {
    return kdl.schedule;
  },
};
