// `message`: how it ended, again.

import { messageOf } from "#kdl/banner";
import type { KdlCommand } from "#kdl/command";

export const message: KdlCommand = {
  names: ["message"],
  usage: "",
  about: "repeat the message of the panic, or how the execution ends",
  most: 0,
  perform: (kdl) => messageOf(kdl),
};
