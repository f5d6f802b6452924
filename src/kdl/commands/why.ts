// `why`: why a thread does not go on, or is not the one that goes on.

import type { KdlCommand } from "#kdl/command";
import { wantedThread } from "#kdl/commands/thread";
import { whyWords } from "#kdl/why-words";
import { wrap } from "#report/text";

export const why: KdlCommand = {
  names: ["why"],
  usage: "[thread]",
  about: "say what a thread waits for, who has that, what he waits for, and so on",
  completes: "thread",
  perform(kdl, [word]) {
    return whyWords(kdl, wantedThread(kdl, word))
      .map((sentence, place) => wrap(sentence, kdl.width, place === 0 ? "" : "  "))
      .join("\n");
  },
};
