// Every planted driver.

import { acquireWithInterruptsOff } from "./acquire-with-interrupts-off.js";
import { benaphores } from "./benaphores.js";
import { blockCounter } from "./block-counter.js";
import { bufferFreedTwice } from "./buffer-freed-twice.js";
import { cancelledTransfer } from "./cancelled-transfer.js";
import { closeAndFree } from "./close-and-free.js";
import { closeFrees } from "./close-frees.js";
import { counterStats } from "./counter-stats.js";
import { deafSelect } from "./deaf-select.js";
import { drainUnderLock } from "./drain-under-lock.js";
import { earlyFlag } from "./early-flag.js";
import { earlyReturn } from "./early-return.js";
import { failedOpen } from "./failed-open.js";
import { flagClearedLate } from "./flag-cleared-late.js";
import { freedUnderGuard } from "./freed-under-guard.js";
import { interruptRing } from "./interrupt-ring.js";
import { interruptsLeftOff } from "./interrupts-left-off.js";
import { joinUnderLock } from "./join-under-lock.js";
import { keptBuffer } from "./kept-buffer.js";
import { keptReadLock } from "./kept-read-lock.js";
import { keptSemaphore } from "./kept-semaphore.js";
import { lateCarrier } from "./late-carrier.js";
import { lateEntry } from "./late-entry.js";
import { lateSelect } from "./late-select.js";
import { lostCredit } from "./lost-credit.js";
import { oneToldOfAll } from "./one-told-of-all.js";
import { oppositeHooks } from "./opposite-hooks.js";
import { pauseBeforeNotify } from "./pause-before-notify.js";
import { pauseInFree } from "./pause-in-free.js";
import { plainReferences } from "./plain-references.js";
import type { PlantedDriver } from "./planted-driver.js";
import { popAfterIf } from "./pop-after-if.js";
import { publishedEarly } from "./published-early.js";
import { rawCookie } from "./raw-cookie.js";
import { rawLockRelease } from "./raw-lock-release.js";
import { rawLock } from "./raw-lock.js";
import { readLockUpgrade } from "./read-lock-upgrade.js";
import { readerAndMutex } from "./reader-and-mutex.js";
import { readerWrites } from "./reader-writes.js";
import { releaseNobody } from "./release-nobody.js";
import { requestCompleted } from "./request-completed.js";
import { selfLock } from "./self-lock.js";
import { settleWithInterruptsOff } from "./settle-with-interrupts-off.js";
import { shortTimeouts } from "./short-timeouts.js";
import { silentWrite } from "./silent-write.js";
import { snoozeUnderSpinlock } from "./snooze-under-spinlock.js";
import { spinOnFlag } from "./spin-on-flag.js";
import { spinlocksInACircle } from "./spinlocks-in-a-circle.js";
import { stalePeer } from "./stale-peer.js";
import { statusPoll } from "./status-poll.js";
import { threeOrders } from "./three-orders.js";
import { touchAfterUnlock } from "./touch-after-unlock.js";
import { trustingSnooze } from "./trusting-snooze.js";
import { twoLocks } from "./two-locks.js";
import { unselectedHangUp } from "./unselected-hang-up.js";
import { urgentClient } from "./urgent-client.js";
import { waitAndQueueLocks } from "./wait-and-queue-locks.js";
import { workerKeepsLock } from "./worker-keeps-lock.js";
import { workerOutlives } from "./worker-outlives.js";
import { wrongVariable } from "./wrong-variable.js";
import { wrongWaiter } from "./wrong-waiter.js";

export const PLANTED: Readonly<Record<string, PlantedDriver>> = {
  "acquire-with-interrupts-off": acquireWithInterruptsOff,
  benaphores,
  "block-counter": blockCounter,
  "buffer-freed-twice": bufferFreedTwice,
  "cancelled-transfer": cancelledTransfer,
  "close-and-free": closeAndFree,
  "close-frees": closeFrees,
  "counter-stats": counterStats,
  "deaf-select": deafSelect,
  "drain-under-lock": drainUnderLock,
  "early-flag": earlyFlag,
  "early-return": earlyReturn,
  "failed-open": failedOpen,
  "flag-cleared-late": flagClearedLate,
  "freed-under-guard": freedUnderGuard,
  "interrupt-ring": interruptRing,
  "interrupts-left-off": interruptsLeftOff,
  "join-under-lock": joinUnderLock,
  "kept-buffer": keptBuffer,
  "kept-read-lock": keptReadLock,
  "kept-semaphore": keptSemaphore,
  "late-carrier": lateCarrier,
  "late-entry": lateEntry,
  "late-select": lateSelect,
  "lost-credit": lostCredit,
  "one-told-of-all": oneToldOfAll,
  "opposite-hooks": oppositeHooks,
  "pause-before-notify": pauseBeforeNotify,
  "pause-in-free": pauseInFree,
  "plain-references": plainReferences,
  "pop-after-if": popAfterIf,
  "published-early": publishedEarly,
  "raw-cookie": rawCookie,
  "raw-lock": rawLock,
  "raw-lock-release": rawLockRelease,
  "read-lock-upgrade": readLockUpgrade,
  "reader-and-mutex": readerAndMutex,
  "reader-writes": readerWrites,
  "release-nobody": releaseNobody,
  "request-completed": requestCompleted,
  "self-lock": selfLock("kdebug"),
  "self-lock-release": selfLock("release"),
  "settle-with-interrupts-off": settleWithInterruptsOff,
  "short-timeouts": shortTimeouts,
  "silent-write": silentWrite,
  "snooze-under-spinlock": snoozeUnderSpinlock,
  "spin-on-flag": spinOnFlag,
  "spinlocks-in-a-circle": spinlocksInACircle,
  "stale-peer": stalePeer,
  "status-poll": statusPoll,
  "three-orders": threeOrders,
  "touch-after-unlock": touchAfterUnlock,
  "trusting-snooze": trustingSnooze,
  "two-locks": twoLocks,
  "unselected-hang-up": unselectedHangUp,
  "urgent-client": urgentClient,
  "wait-and-queue-locks": waitAndQueueLocks,
  "worker-keeps-lock": workerKeepsLock,
  "worker-outlives": workerOutlives,
  "wrong-variable": wrongVariable,
  "wrong-waiter": wrongWaiter,
};
