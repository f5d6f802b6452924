// From what was found in the parts of a search to what the search has found.
//
// Invariant: parts are joined in the order in which one worker would have come to them, so the number of the first
// execution that failed, and which execution stands for a finding, are those of one worker.

import type { ExploredFinding } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import type { Standing } from "#explore/standing";

/** Part of a search, by its place in the tree, and what was found there. */
export interface DonePart {
  readonly prefix: readonly number[];
  readonly standing: Standing;
}

/** A search that has not begun. */
export const NOTHING: Standing = {
  strategy: undefined,
  marks: [],
  count: 0,
  executions: 0,
  repeated: 0,
  blocked: 0,
  steps: 0,
  firstFailure: null,
  exhausted: false,
  heldUp: false,
  nestedOnly: false,
  bound: null,
  findings: [],
  milliseconds: 0,
};

/** The order of a walk through the tree: what lies below a node comes after what is told of the node itself. */
export function inTreeOrder(
  a: { readonly prefix: readonly number[] },
  b: { readonly prefix: readonly number[] },
): number {
  const length = Math.min(a.prefix.length, b.prefix.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.prefix[i] ?? 0) - (b.prefix[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.prefix.length - b.prefix.length;
}

/** All of these, which follow upon each other in this order, as one. How it ended, its strategy and marks are the last one's. */
export function joined(standings: readonly Standing[]): Standing {
  const findings = new Map<string, ExploredFinding>();
  let sum = NOTHING;
  for (const each of standings) {
    for (const finding of each.findings) {
      const identity = identityOf(finding.outcome);
      const known = findings.get(identity);
      if (known !== undefined) known.executions += finding.executions;
      else findings.set(identity, { ...finding, firstExecution: sum.executions + finding.firstExecution });
    }
    sum = {
      ...each,
      count: sum.count + each.count,
      executions: sum.executions + each.executions,
      repeated: sum.repeated + each.repeated,
      blocked: sum.blocked + each.blocked,
      steps: sum.steps + each.steps,
      heldUp: sum.heldUp || each.heldUp,
      nestedOnly: sum.nestedOnly || each.nestedOnly,
      firstFailure: sum.firstFailure ?? (each.firstFailure === null ? null : sum.executions + each.firstFailure),
      milliseconds: sum.milliseconds + each.milliseconds,
    };
  }
  return { ...sum, findings: [...findings.values()] };
}
