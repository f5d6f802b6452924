// `switch-at`: another choice, and what comes of it.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { findNumber, findThread } from "#kdl/find";
import { describeStanding, endWords } from "#kdl/standing";
import { wrap } from "#report/text";

export const switchAt: KdlCommand = {
  names: ["switch-at"],
  usage: "<step> <thread>",
  about: "try another choice: let a thread take this step, and see how it ends",
  completes: "thread",
  most: 2,
  details: `Up to the step all is as it was; the thread takes the step; from then on every thread goes on as long as it can.
The debugger then stands after that step in the new execution; "original" returns, "schedule" prints its schedule.`,
  perform(kdl, words) {
    const [stepWord, threadWord] = words;
    const { last, setup, subject } = kdl.timeline;
    if (subject.schedule.time === "measured") {
      throw new InputError("in measured time Haiku's scheduler decides, and there is no other choice to try");
    }
    if (stepWord === undefined || threadWord === undefined) {
      throw new InputError("switch-at takes a step and a thread: switch-at 8 reader");
    }
    if (setup === last) throw new InputError("the set-up is not explored: there is no other choice to try");
    const step = findNumber(stepWord, "the step", setup + 1, last);
    const before = kdl.timeline.at(step - 1);
    const thread = findThread(before, threadWord);
    const taker = kdl.timeline.stepEvent(step);
    if (taker?.thread === thread.id) throw new InputError(`"${thread.title}" takes step ${step} anyway`);
    kdl.turn({ step, thread: thread.id }, `switch-at ${step} "${thread.title}"`);
    const { timeline, paint, width } = kdl;
    const end = kdl.step === timeline.last ? "" : ` ${endWords(timeline)}`;
    return [
      wrap(
        `"${thread.title}" takes step ${step} in place of "${taker?.threadName ?? ""}"; then every thread goes on as long as it can.`,
        width,
      ),
      paint.bold(wrap(`It has ${timeline.last} steps.${end}`, width)),
      describeStanding(kdl),
    ].join("\n");
  },
};
