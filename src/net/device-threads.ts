// The two service threads of a device interface (facts: haiku.md, section 10).
//
// The reader (priority 90, high but not real-time) waits inside the device and hands what it gets to the
// receive queue; the consumer (priority 15) takes it from there to whoever handles its frame type.
// Both are daemons: blocked alone, they are no deadlock.

import { B_DEVICE_NOT_FOUND, B_INTERRUPTED, B_OK, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import { deframe } from "#net/deframe";
import type { DeviceInterface } from "#net/device-interface";
import { IFF_UP } from "#net/device-module";
import type { NetBuffer } from "#net/net-buffer";

/** Microseconds that the reader gives to others after an error, before it looks at the flag again. */
const READER_BACK_OFF = 10_000;

/** device_reader_thread: runs while the device is up; ends with the status of its last receive. */
export function* deviceReaderThread(deviceInterface: DeviceInterface): Steps<Status> {
  const { kernel, device, flags, statistics } = deviceInterface;
  let status: Status = B_OK;
  while ((flags.value & IFF_UP) !== 0) {
    const received = yield* device.receiveData();
    if (typeof received !== "number") {
      status = B_OK;
      yield* passOn(deviceInterface, received);
    } else if (received === B_DEVICE_NOT_FOUND) {
      yield* deviceInterface.removed(deviceInterface);
      return received;
    } else {
      status = received;
      if (kernel.era === "head") statistics.count("receiveErrors");
      yield* kernel.snooze(READER_BACK_OFF);
    }
  }
  return status;
}

function* passOn(deviceInterface: DeviceInterface, buffer: NetBuffer): Steps<void> {
  const { device, statistics } = deviceInterface;
  const countsDrops = deviceInterface.kernel.era === "head";
  if (deviceInterface.isWatched) deviceInterface.show("in", buffer.bytes.slice(), "");
  yield* deviceInterface.feedMonitors(buffer);
  if (deframe(device.type, buffer) !== B_OK) {
    if (countsDrops) statistics.count("receiveDropped");
    return buffer.free();
  }
  const bytes = buffer.size;
  const status = yield* deviceInterface.receiveQueue.enqueue(buffer);
  if (status === B_OK) {
    statistics.count("receivePackets");
    statistics.count("receiveBytes", bytes);
  } else if (countsDrops) {
    statistics.count("receiveDropped");
    buffer.free();
  }
  // The kernel of 2023 did not look at the status: what did not fit is lost, and its memory with it.
}

/** device_consumer_thread: runs until the receive queue is no more. */
export function* deviceConsumerThread(deviceInterface: DeviceInterface): Steps<Status> {
  while (deviceInterface.referenceCount.value > 0) {
    const received = yield* deviceInterface.receiveQueue.dequeue();
    if (typeof received === "number") {
      if (received === B_INTERRUPTED) continue;
      break;
    }
    yield* consume(deviceInterface, received);
  }
  return B_OK;
}

// A packet from an address of this host's own goes straight to the protocols; any other to the handlers first.
function* consume(deviceInterface: DeviceInterface, buffer: NetBuffer): Steps<void> {
  if (!buffer.isLocal && (yield* handled(deviceInterface, buffer))) return;
  if (deviceInterface.protocols !== null) yield* deviceInterface.protocols.receive(buffer, deviceInterface);
  buffer.free();
}

// The first handler that says B_OK has the packet. They are called under the receive lock.
function* handled(deviceInterface: DeviceInterface, buffer: NetBuffer): Steps<boolean> {
  using _ = yield* deviceInterface.receiveLock.guard();
  for (const { frameType, handler } of deviceInterface.handlers.value) {
    if (frameType === buffer.frameType && (yield* handler(buffer, deviceInterface.device)) === B_OK) return true;
  }
  return false;
}
