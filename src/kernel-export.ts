// All that a driver may see of the kernel: the one file that drivers import.

export { Prng } from "#base/prng";
export * from "#base/status";
export { after } from "#kernel/at-once";
export type { Operation, Steps } from "#kernel/operation";
export type { Kernel } from "#kernel/kernel";
export { formatAddress } from "#kernel/kernel-object";
export {
  atomically,
  bool,
  int32,
  pointer,
  reference,
  struct,
  text,
  uint32,
  type InstanceOf,
  type Struct,
} from "#kernel/struct";
export {
  B_ABSOLUTE_TIMEOUT,
  B_CAN_INTERRUPT,
  B_DISPLAY_PRIORITY,
  B_IDLE_PRIORITY,
  B_INFINITE_TIMEOUT,
  B_KILL_CAN_INTERRUPT,
  B_LOW_PRIORITY,
  B_LOWEST_ACTIVE_PRIORITY,
  B_NORMAL_PRIORITY,
  B_REAL_TIME_DISPLAY_PRIORITY,
  B_REAL_TIME_PRIORITY,
  B_RELATIVE_TIMEOUT,
  B_URGENT_DISPLAY_PRIORITY,
  B_URGENT_PRIORITY,
  type Thread,
  type ThreadOptions,
} from "#kernel/thread";
export { Atomic, atomic } from "#sync/atomic";
export { ConditionVariable, ConditionVariableEntry, conditionVariable } from "#sync/condition-variable";
export { Guard } from "#sync/guard";
export { Mutex } from "#sync/mutex";
export { mutex } from "#sync/mutex-field";
export { RecursiveLock, recursiveLock } from "#sync/recursive-lock";
export { RwLock, rwLock } from "#sync/rw-lock";
export {
  B_EVENT_INVALID,
  B_SELECT_ERROR,
  B_SELECT_READ,
  B_SELECT_WRITE,
  notifySelectEvent,
  SelectSyncPool,
  type SelectInfo,
} from "#sync/select-sync-pool";
export { B_DO_NOT_RESCHEDULE, B_RELEASE_ALL, B_RELEASE_IF_WAITING_ONLY, Semaphore } from "#sync/semaphore";
export { Shared, shared } from "#sync/shared";
export { Spinlock, spinlock } from "#sync/spinlock";
export * from "#vfs/file-calls";
export * from "#net/device-module";
export { NetBuffer } from "#net/net-buffer";
export { NetBufferList } from "#net/net-buffer-list";
export { NetFifo } from "#net/net-fifo";
export { kernelFiles } from "#vfs/kernel-files";
export { publishDevice, unpublishDevice } from "#devfs/publish";
export type { DeviceHooks, NamesOnDemand } from "#devfs/hooks";
export { defineDriver, type Driver, type LoadedDriver } from "#driver";
