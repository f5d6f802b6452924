// What a debug kernel says when a mutex is used in a wrong way (facts: haiku.md, section 4; lock.cpp). Each ends the execution.

import { formatAddress } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";
import type { Mutex } from "#sync/mutex";

/** The word of a mutex that was never initialised. */
export const UNINITIALIZED = 0;

/** Locking one that the caller holds, or that is not initialised, or with interrupts off. Says nothing where all is well. */
export function checkLocking(mutex: Mutex, thread: Thread): void {
  const holder = mutex.holderWord;
  if (holder === thread.id) {
    mutex.kernel.panic(`_mutex_lock(): double lock of ${formatAddress(mutex.address)} by thread ${thread.id}`);
  }
  if (holder === UNINITIALIZED) uninitialized(mutex, "_mutex_lock");
  if (thread.interruptsOff) {
    mutex.kernel.panic(`_mutex_lock(): called with interrupts disabled for lock ${formatAddress(mutex.address)}`);
  }
}

export function uninitialized(mutex: Mutex, caller: string): never {
  mutex.kernel.simulation.recorder?.accuse(mutex);
  return mutex.kernel.panic(`${caller}(): using uninitialized lock ${formatAddress(mutex.address)}`);
}

export function unlockedByOther(mutex: Mutex, id: number): never {
  mutex.kernel.simulation.recorder?.accuse(mutex);
  return mutex.kernel.panic(
    `_mutex_unlock() failure: thread ${id} is trying to release mutex ${formatAddress(mutex.address)} (current holder ${mutex.holderWord})`,
  );
}

export function destroyedByOther(mutex: Mutex): never {
  const holder = mutex.holderWord;
  mutex.kernel.simulation.recorder?.accuse(mutex);
  const backtrace = mutex.kernel.era === "head" ? ` @! bt ${holder}` : "";
  return mutex.kernel.panic(
    `mutex_destroy(): the lock (${formatAddress(mutex.address)}) is held by ${holder}, not by the caller${backtrace}`,
  );
}
