// `run-to`: to a step, forwards or backwards.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { findNumber } from "#kdl/find";
import { describeStanding } from "#kdl/standing";

export const runTo: KdlCommand = {
  names: ["run-to"],
  usage: "<step>",
  about: "go to the moment after a step, forwards or backwards; start and end are steps too",
  details: "run-to start: before the first step. run-to setup: the end of the set-up. run-to end: where it all ends.",
  perform(kdl, [word]) {
    const { last, setup } = kdl.timeline;
    if (word === undefined) throw new InputError(`run-to takes the number of a step, from 0 to ${last}`);
    const named = { start: 0, setup, end: last }[word];
    kdl.goTo(named ?? findNumber(word, "the step", 0, last));
    return describeStanding(kdl);
  },
};
