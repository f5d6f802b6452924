// Freed memory that was used without a panic: the judge that looks at every execution which finished, and costs it nothing.

import { withArticle } from "#base/article";
import type { Verdict } from "#explore/execution";
import type { Kernel } from "#kernel/kernel";

/** The first use of freed memory that went on as on the machine; null when there was none. */
export function freedUseVerdict(kernel: Kernel): Verdict | null {
  const use = kernel.heap.uses.find((each) => each.by.threadId !== 0); // a judge that looks at what is freed is no thread
  if (use === undefined) return null;
  const { block, by } = use;
  return { kind: "assertion", message: freedUseMessage(block.type.name, block.freed?.thread ?? "", by.thread) };
}

/** Names alone: the same for every execution in which it happens. */
export function freedUseMessage(type: string, freer: string, user: string): string {
  const by = freer === "" ? "" : `, freed by "${freer}",`;
  return `use after free: ${withArticle(type)}${by} is used by "${user}"`;
}
