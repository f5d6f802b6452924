// `dl`: memory, as words of 8 bytes.

import type { KdlCommand } from "#kdl/command";
import { dump } from "#kdl/dump";

export const dl: KdlCommand = {
  names: ["dl"],
  usage: "<address> [count]",
  about: "dump the memory of a block of the heap, as words of 8 bytes",
  completes: "object",
  most: 2,
  details: `Freed memory reads 0xdeadbeef, fresh memory 0xcccccccc. Of a lock inside a block only what the simulation keeps is
there (a mutex's holder); the rest of it reads 0.`,
  perform: (kdl, words) => dump(kdl, words, 8, "dl"),
};
