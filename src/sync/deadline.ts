// Timeouts as Haiku passes them: a flag and microseconds (facts: haiku.md, section 3).

import { UsageError } from "#base/assert";
import { shown } from "#base/shown";
import type { Kernel } from "#kernel/kernel";
import { B_ABSOLUTE_TIMEOUT, B_RELATIVE_TIMEOUT } from "#kernel/thread";

/** The moment, in microseconds, at which a wait with this timeout ends; Infinity without a timeout flag. */
export function deadlineOf(kernel: Kernel, flags: number, timeout: number): number {
  if (typeof timeout !== "number" || Number.isNaN(timeout)) {
    throw new UsageError(`a timeout is a number of microseconds, not ${shown(timeout)}`);
  }
  if ((flags & B_RELATIVE_TIMEOUT) !== 0) return kernel.simulation.now() + timeout;
  if ((flags & B_ABSOLUTE_TIMEOUT) !== 0) return timeout;
  return Number.POSITIVE_INFINITY;
}

/** A relative timeout of nothing: the caller does not want to wait. */
export function timesOutAtOnce(flags: number, timeout: number): boolean {
  return (flags & B_RELATIVE_TIMEOUT) !== 0 && timeout <= 0;
}
