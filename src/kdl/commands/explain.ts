// `explain`: why it ended so, in sentences.

import { explanationOf } from "#kdl/banner";
import type { KdlCommand } from "#kdl/command";
import { wrap } from "#report/text";

export const explain: KdlCommand = {
  names: ["explain"],
  usage: "",
  about: "say why the execution ends as it does, and what the usual remedy is",
  most: 0,
  perform({ timeline, width, paint }) {
    const { title, sentences, hints } = explanationOf(timeline);
    return [
      paint.bold(wrap(title, width)),
      ...sentences.map((sentence) => wrap(sentence, width, "  ")),
      ...hints.map((hint) => wrap(hint, width, "  hint: ")),
    ].join("\n");
  },
};
