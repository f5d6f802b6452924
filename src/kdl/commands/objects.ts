// `objects`: what there is to look at: kernel objects and blocks of the heap.

import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { isShown } from "#kdl/find";
import { waitersOf } from "#kdl/state";

export const objects: KdlCommand = {
  names: ["objects"],
  usage: "[text]",
  about: "list the kernel objects and the blocks of the heap, all or those with this in their name or type",
  details: `An object is known from the first operation on it; one inside a block from the block's allocation. Wherever a
command takes an address, it takes a name as well.`,
  perform({ moment }, [text = ""]) {
    const wanted = (...names: string[]): boolean =>
      names.some((name) => name.toLowerCase().includes(text.toLowerCase()));
    const blocks = moment.blocks
      .filter(({ type }) => wanted(type.name, "heap block"))
      .map((block) => row(block.address, "heap block", block.type.name, block.freed === null ? "" : "freed"));
    const others = moment.objects
      .filter((object) => isShown(object) && object.type !== "thread" && wanted(object.title, object.type))
      .sort((a, b) => a.type.localeCompare(b.type) || a.number - b.number)
      .map((object) => {
        const waiters = waitersOf(moment, object).map((thread) => `"${thread.title}"`);
        const freed = object.memory !== null && object.memory.freed !== null;
        const state = freed ? "in freed memory" : object.stateWords().replace(/^\.\.\.$/, "");
        const waited = waiters.length === 0 ? "" : `waited for by ${waiters.join(", ")}`;
        return row(object.address, object.type, object.title, [state, waited].filter((each) => each !== "").join("; "));
      });
    return ["address             type                name", ...blocks, ...others].join("\n");
  },
};

function row(address: number, type: string, name: string, state: string): string {
  return `${formatAddress(address)}  ${type.padEnd(18)}  ${name}${state === "" ? "" : `  (${state})`}`;
}
