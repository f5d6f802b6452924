// One direction of a tunnel: the packets on their way to one side, who reads them there, and who waits for what.
//
// Invariants:
//   - everything here is protected by the queue's own lock; the two directions do not disturb each other;
//   - whoever changes what a waiter looks at notifies him under the same lock: no wake-up can be lost;
//   - one packet written is one packet read: packets are never joined and never split, only cut when the
//     reader's buffer is too short;
//   - packets are queued only while somebody reads here, and freed when the last reader leaves: no later reader
//     finds a stale packet, and none is left when the node dies.

import {
  B_FILE_ERROR,
  B_SELECT_WRITE,
  conditionVariable,
  mutex,
  NetBufferList,
  pointer,
  SelectSyncPool,
  struct,
  uint32,
  type InstanceOf,
  type Kernel,
  type Steps,
} from "#kernel-export";
import type { QueueCounters } from "#drivers/tun/ioctl";

/** Packets in a queue at most; what comes then is dropped (tail drop). */
export const QUEUE_PACKETS_MOST = 64;

/** The packets on their way to one side. */
export const PacketQueue = struct("tun_queue", {
  lock: mutex(),
  packets: pointer<NetBufferList>(),
  /** Descriptors that read here. */
  readers: uint32(),
  /** Notified for each packet, and for everybody when a reader leaves. */
  readable: conditionVariable(),
  /** Who selects: for reading, the readers; for writing, those on the other side. */
  selecting: pointer<SelectSyncPool>(),
  delivered: uint32(),
  truncated: uint32(),
  dropped: uint32(),
});
export type PacketQueue = InstanceOf<typeof PacketQueue>;

/** An empty queue that nobody reads yet; null without memory. `name` says where it leads: "tap/tap0 to app". */
export function createQueue(kernel: Kernel, name: string): PacketQueue | null {
  const selecting = new SelectSyncPool(kernel, `${name} select pool`);
  const packets = new NetBufferList(kernel, `${name} packets`);
  const queue = kernel.heap.tryNew(PacketQueue, { packets, selecting });
  if (queue === null) return null;
  queue.lock.init(name);
  queue.readable.init(`${name} readable`);
  return queue;
}

/** The last user is gone: nobody has the lock, waits, or has a packet here. */
export function* deleteQueue(kernel: Kernel, queue: PacketQueue): Steps<void> {
  yield* queue.lock.destroy();
  kernel.heap.delete(queue);
}

// --- under the queue's lock ---

/** Whether there is nothing to read. */
export function isEmpty(queue: PacketQueue): boolean {
  return queue.packets.length === 0;
}

/** Whether a packet would be taken in. */
export function accepts(queue: PacketQueue): boolean {
  return queue.readers > 0 && queue.packets.length < QUEUE_PACKETS_MOST;
}

/** One more descriptor reads here. Who writes here may do so now. */
export function* addReader(queue: PacketQueue): Steps<void> {
  queue.readers++;
  yield* queue.selecting.notify(B_SELECT_WRITE);
}

/**
 * A descriptor reads here no more; the last one leaves nothing in the queue. Everybody is woken, the readers with
 * other descriptors too: one of them must take over a packet for which a reader of this one had been notified.
 */
export function* removeReader(queue: PacketQueue): Steps<void> {
  queue.readers--;
  if (queue.readers === 0) purge(queue);
  yield* queue.readable.notifyAll(B_FILE_ERROR);
}

/** Takes the oldest packet into `buffer`, as much as fits; the rest of it is lost. Gives the bytes copied. */
export function takeInto(buffer: Uint8Array, queue: PacketQueue): number {
  const packet = queue.packets.take();
  if (packet === null) return 0;
  const length = Math.min(packet.size, buffer.length);
  buffer.set(length < packet.size ? packet.bytes.subarray(0, length) : packet.bytes);
  queue.delivered++;
  if (length < packet.size) queue.truncated++;
  packet.free();
  return length;
}

/** The counters as an ioctl gives them. */
export function countersOf(queue: PacketQueue): QueueCounters {
  return { delivered: queue.delivered, truncated: queue.truncated, dropped: queue.dropped };
}

function purge(queue: PacketQueue): void {
  if (isEmpty(queue)) return;
  queue.dropped += queue.packets.length;
  for (let packet = queue.packets.take(); packet !== null; packet = queue.packets.take()) packet.free();
}
