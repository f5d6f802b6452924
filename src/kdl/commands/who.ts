// `who`: who has had to do with an address.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { objectsOf } from "#kdl/commands/break";
import { whoWords } from "#kdl/who-words";

const SHOWN_MOST = 20;

export const who: KdlCommand = {
  names: ["who"],
  usage: "<address> [count]",
  about: "list who has used an object, a block or a field so far, the last uses last",
  completes: "object",
  most: 2,
  details: `Allocations, frees, operations, reads and writes, each with its step, thread and place; then who has it and who waits for
it now, and how often it is used later.`,
  perform(kdl, [word, count = String(SHOWN_MOST)]) {
    if (word === undefined)
      throw new InputError('who takes an address or a name ("objects" lists them): who "read lock"');
    return whoWords(kdl, objectsOf(kdl, word), Math.max(1, Number(count) || SHOWN_MOST));
  },
};
