// `slab_object`: the block of the heap around an address: what it is, whose it was, what its fields hold.

import { InputError } from "#base/assert";
import type { Block } from "#kernel/block";
import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { findBlock } from "#kdl/find";
import { fieldText } from "#kdl/memory";

export const slabObject: KdlCommand = {
  names: ["slab_object", "struct"],
  usage: "<address>",
  about: "show the block of the heap at an address, or of a struct's name: who made and freed it, its fields",
  completes: "object",
  perform({ moment }, [word]) {
    if (word === undefined) {
      throw new InputError('slab_object takes an address or the name of a struct; "objects" lists the blocks');
    }
    const block = findBlock(moment, word);
    const { allocated, freed, type } = block;
    return [
      `object ${formatAddress(block.address)}, ${type.name}, ${type.size} bytes`,
      `  allocated by:    ${allocated.threadId} "${allocated.thread}", step ${allocated.step}`,
      freed === null
        ? "  freed by:        - (it is alive)"
        : `  freed by:        ${freed.threadId} "${freed.thread}", step ${freed.step}`,
      ...blockLines(block),
    ].join("\n");
  },
};

/** The fields of a block, a line each. */
export function blockLines(block: Block): string[] {
  const { fieldNames } = block.type;
  const width = Math.max(0, ...fieldNames.map((name) => name.length));
  return fieldNames.map((name, place) => `  ${`${name}:`.padEnd(width + 2)}${fieldText(block, place)}`);
}
