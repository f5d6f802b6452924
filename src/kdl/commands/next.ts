// `next`: forwards to the next step of a thread.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { findThread } from "#kdl/find";
import { describeStanding } from "#kdl/standing";
import type { Debugger } from "#kdl/debugger";
import type { Thread } from "#kernel/thread";

export const next: KdlCommand = {
  names: ["next", "n"],
  usage: "[thread]",
  about: "go forwards until a thread has taken its next step; without a word the one whose step it was",
  completes: "thread",
  perform(kdl, [word]) {
    const thread = word === undefined ? kdl.moment.current : findAnyThread(kdl, word);
    if (thread === null) throw new InputError('say which thread ("threads" lists them)');
    const found = kdl.timeline.events.find((event) => {
      return event.kind === "step" && event.thread === thread.id && event.step > kdl.step;
    });
    if (found === undefined) throw new InputError(`"${thread.title}" takes no step after step ${kdl.step}`);
    kdl.goTo(found.step);
    return describeStanding(kdl);
  },
};

// One that is there now, or will be later.
function findAnyThread(kdl: Debugger, word: string): Thread {
  try {
    return findThread(kdl.moment, word);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return findThread(kdl.timeline.at(kdl.timeline.last), word);
  }
}
