// When two findings are the same: outcome, message and object names, who is blocked where; never addresses.

import type { Outcome } from "#kernel/outcome";

/** A text that is equal for findings that are one and the same. */
export function identityOf(outcome: Outcome): string {
  const waiting = outcome.waiting
    .filter((each) => !each.daemon)
    .map((each) => `${each.thread} ${each.operation} ${each.objectType} ${each.object}`)
    .sort();
  const where = outcome.kind === "deadlock" || outcome.kind === "livelock" ? waiting : [];
  return [outcome.kind, withoutAddresses(outcome.message), ...where].join("|");
}

/** The message with every address, and the diagnostic last caller, left out. */
export function withoutAddresses(message: string): string {
  return message.replace(/0x[0-9a-f]{16}/g, "0x...");
}
