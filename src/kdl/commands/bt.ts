// `bt`: a thread's stack, as it really is: the chain of its generators.

import type { KdlCommand } from "#kdl/command";
import { wantedThread } from "#kdl/commands/thread";
import { stackLines } from "#report/panic-screen";
import { ThreadState } from "#kernel/thread";

export const bt: KdlCommand = {
  names: ["bt", "sc", "where"],
  usage: "[thread]",
  about: "show the stack of a thread; without a word of the one whose step it was",
  details: `The offset of a frame is its source line: "+ 0x2b" is line 43. Frames of the simulated system itself are in
<kernel_x86_64>, a driver's and a scenario's in the image of their file.`,
  completes: "thread",
  perform(kdl, [word]) {
    const thread = wantedThread(kdl, word);
    const frames = kdl.moment.stackOf(thread);
    const head = `stack trace for thread ${thread.id} "${thread.title}"`;
    if (frames.length > 0) return [head, ...stackLines(frames, thread.id)].join("\n");
    const why = thread.state === ThreadState.dead ? "it is dead" : "it has not begun to run";
    return `${head}\n    no frames: ${why}`;
  },
};
