// `rwlock`: one reader/writer lock.

import { formatAddress } from "#kernel/kernel-object";
import { operationVerb } from "#kernel/operation";
import { RwLock } from "#sync/rw-lock";
import type { KdlCommand } from "#kdl/command";
import { neededObject } from "#kdl/object-words";

export const rwlock: KdlCommand = {
  names: ["rwlock"],
  usage: "<lock>",
  about: "show a reader/writer lock, by address or name",
  completes: "object",
  details: `Of the waiting threads, "/r" wants to read and "/w" to write.`,
  perform(kdl, [word]) {
    const found = neededObject(kdl, word, RwLock, { what: "rw lock", types: ["rw lock"] });
    const holder = found.holder();
    const isRead = found.readers.length > 0;
    const waiting = found.waiters.map(
      (thread) => ` ${thread.id}/${operationVerb(thread.pendingKind).startsWith("write") ? "w" : "r"}`,
    );
    return [
      `rw lock ${formatAddress(found.address)}:`,
      `  name:            ${found.title}`,
      `  holder:          ${isRead || holder === null ? -1 : holder.id}`,
      `  active readers:  ${found.readers.length}${found.readers.map(({ id }) => ` ${id}`).join("")}`,
      "  flags:           0x0",
      `  waiting threads:${waiting.join("") || " -"}`,
    ].join("\n");
  },
};
