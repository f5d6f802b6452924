// The spinlock inside a kernel object (mutex, condition variable, semaphore).
//
// Those objects' operations are atomic here, so a live owner is never seen: a word that is not zero is bad
// memory, and taking it panics with the value read (docs/architecture.md, panics; facts: haiku.md, section 2).

import { formatAddress, type KernelObject } from "#kernel/kernel-object";
import type { OperationKind } from "#kernel/operation";

/** Takes and gives back the spinlock of `object`, whose word reads `word`. Panics when that is not 0. */
export function passSpinlock(object: KernelObject, word: number, kind: OperationKind): void {
  if (word !== 0) spinlockPanic(object, word);
  object.kernel.spinlocks.note(object, kind);
}

/** The panic of taking a spinlock that is not free and whose owner is not alive to give it back. */
export function spinlockPanic(object: KernelObject, word: number): never {
  const { kernel } = object;
  kernel.simulation.recorder?.accuse(object);
  const lock = formatAddress(object.address);
  const value = (word >>> 0).toString(16);
  const caller = kernel.era === "aug23" ? kernel.spinlocks.lastCaller(object) : null;
  if (kernel.cpuCount === 1) {
    const tail = caller === null ? `(value ${value})` : `(last caller: ${caller}, value ${value})`;
    return kernel.panic(`acquire_spinlock: attempt to acquire lock ${lock} twice on non-SMP system ${tail}`);
  }
  const tail = caller === null ? `(value: ${value})` : `(last caller: ${caller}, value: ${value})`;
  return kernel.panic(`acquire_spinlock(): Failed to acquire spinlock ${lock} for a long time ${tail}`);
}
