// The two service threads of a device interface (facts: haiku.md, section 10).
//
// The reader (priority 90, high but not real-time) waits inside the device and hands what it gets to the
// receive queue; the consumer (priority 15) takes it from there to whoever handles its frame type.
// Both are daemons: blocked alone, they are no deadlock.

import { B_DEVICE_NOT_FOUND, B_INTERRUPTED, B_OK, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import { deframe } from "#net/deframe";
import type { DeviceInterface, RegisteredHandler } from "#net/device-interface";
import { IFF_UP } from "#net/device-module";
import type { NetBuffer } from "#net/net-buffer";
import { RECEIVE_BYTES, RECEIVE_DROPPED, RECEIVE_ERRORS, RECEIVE_PACKETS } from "#net/statistics";

/** Microseconds that the reader gives to others after an error, before it looks at the flag again. */
const READER_BACK_OFF = 10_000;

/** device_reader_thread: runs while the device is up; ends with the status of its last receive. */
export function* deviceReaderThread(deviceInterface: DeviceInterface): Steps<Status> {
  const { kernel, device, flags, statistics, receiveQueue } = deviceInterface;
  const isHead = kernel.era === "head";
  let status: Status = B_OK;
  while ((flags.value & IFF_UP) !== 0) {
    const received = yield* device.receiveData();
    if (typeof received !== "number") {
      status = B_OK;
      if (deviceInterface.isWatched) deviceInterface.show("in", received.bytes.slice(), "");
      if (deviceInterface.hasMonitors) yield* deviceInterface.feedMonitors(received);
      const isFrame = deframe(device.type, received) === B_OK;
      const bytes = received.size;
      if (isFrame && (yield* receiveQueue.enqueue(received)) === B_OK) {
        statistics.count(RECEIVE_PACKETS);
        statistics.count(RECEIVE_BYTES, bytes);
      } else {
        if (isHead) statistics.count(RECEIVE_DROPPED);
        // The kernel of 2023 did not look at the queue's status: what did not fit is lost, and its memory with it.
        if (isHead || !isFrame) received.free();
      }
    } else if (received === B_DEVICE_NOT_FOUND) {
      yield* deviceInterface.removed(deviceInterface);
      return received;
    } else {
      status = received;
      if (isHead) statistics.count(RECEIVE_ERRORS);
      yield* kernel.snooze(READER_BACK_OFF);
    }
  }
  return status;
}

/** device_consumer_thread: runs until the receive queue is no more. */
export function* deviceConsumerThread(deviceInterface: DeviceInterface): Steps<Status> {
  const { receiveQueue, receiveLock, handlers, protocols, referenceCount } = deviceInterface;
  while (referenceCount.value > 0) {
    const received = yield* receiveQueue.dequeue();
    if (typeof received === "number") {
      if (received === B_INTERRUPTED) continue;
      break;
    }
    // A packet from an address of this host's own goes straight to the protocols; any other to the handlers first.
    if (!received.isLocal) {
      yield* receiveLock.lock();
      const { value } = handlers;
      const isHandled = value.length > 0 && (yield* handled(deviceInterface, received, value));
      receiveLock.unlock();
      if (isHandled) continue;
    }
    if (protocols !== null) yield* protocols.receive(received, deviceInterface);
    received.free();
  }
  return B_OK;
}

// The first handler that says B_OK has the packet. They are called under the receive lock.
function* handled(
  { device }: DeviceInterface,
  buffer: NetBuffer,
  handlers: readonly RegisteredHandler[],
): Steps<boolean> {
  for (const { frameType, handler } of handlers) {
    if (frameType === buffer.frameType && (yield* handler(buffer, device)) === B_OK) return true;
  }
  return false;
}
