// `trace`: what led here, in columns: a thread each.

import type { KdlCommand } from "#kdl/command";
import { findNumber } from "#kdl/find";
import { columns } from "#report/columns";

export const trace: KdlCommand = {
  names: ["trace"],
  usage: "[count]",
  about: "show the last steps before this moment, a column for each thread (20 steps)",
  perform({ timeline, step, width, paint }, [word = "20"]) {
    const count = findNumber(word, "the number of steps", 1);
    const from = Math.max(step > timeline.setup ? timeline.setup : 0, step - count);
    const shown = timeline.events
      .filter((event) => event.step > from && event.step <= step)
      .filter((event) => step === timeline.last || (event.kind !== "waiting" && event.kind !== "watched"))
      .map((event, index) => ({ ...event, frames: event.frames, index }));
    return columns(shown, { width, paint, verbose: step <= timeline.setup, most: Number.POSITIVE_INFINITY });
  },
};
