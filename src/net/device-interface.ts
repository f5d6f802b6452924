// One network device as the stack sees it: net_device_interface (facts: haiku.md, section 10).
//
// Invariants:
//   - the device is up exactly while the up count is not 0; the reader thread of that time is `reader`;
//   - the consumer lives as long as the interface does.
// Going down clears the flag, tells the device, tells the monitors, and then waits for the reader, whatever
// the signals. A device that does not wake its reader therefore keeps its caller for ever.
// Not modelled: destroying the locks of a device interface that nobody can reach any more.

import { B_OK, statusName, type Status } from "#base/status";
import { given, NOT_YET, resultAtOnce } from "#kernel/at-once";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { B_DISPLAY_PRIORITY, B_REAL_TIME_DISPLAY_PRIORITY, type Thread } from "#kernel/thread";
import { captureOf, type Capture } from "#net/capture";
import { B_DEVICE_GOING_DOWN, IFF_UP, type NetworkDevice } from "#net/device-module";
import { deviceConsumerThread, deviceReaderThread } from "#net/device-threads";
import type { NetBuffer } from "#net/net-buffer";
import { NetFifo } from "#net/net-fifo";
import type { Protocols } from "#net/protocols";
import { ReferenceCount } from "#net/reference-count";
import { SEND_BYTES, SEND_ERRORS, SEND_PACKETS, Statistics } from "#net/statistics";
import { RecursiveLock } from "#sync/recursive-lock";
import { Shared } from "#sync/shared";

/** Bytes of received packets that may wait for the consumer. */
const RECEIVE_QUEUE_BYTES = 16 * 1024 * 1024;

/** Takes a received packet of one frame type. B_OK: it is the handler's now, who must free it. */
export type FrameHandler = (buffer: NetBuffer, device: NetworkDevice) => Steps<Status>;

/** Who takes the frames of one type: an Ethernet type. */
export interface RegisteredHandler {
  readonly frameType: number;
  readonly handler: FrameHandler;
}

/** Watches a device: every packet that passes, and what becomes of the device. Owns nothing. */
export interface DeviceMonitor {
  receive(buffer: NetBuffer): void;
  event(event: number): void;
}

/** What a device interface asks of the stack when its device is gone. */
export type DeviceRemoved = (deviceInterface: DeviceInterface) => Steps<Status>;

/** A network device, its threads and its queue of received packets. */
export class DeviceInterface {
  readonly kernel: Kernel;
  readonly device: NetworkDevice;
  readonly name: string;
  readonly index: number;
  readonly removed: DeviceRemoved;
  readonly protocols: Protocols | null;
  readonly receiveQueue: NetFifo;
  readonly statistics: Statistics;
  readonly referenceCount: ReferenceCount;

  // Protected by `receiveLock`, the up count only against a second up.
  readonly receiveLock: RecursiveLock;
  readonly handlers: Shared<readonly RegisteredHandler[]>;
  readonly upCount: Shared<number>;

  // Protected by `monitorLock`.
  readonly monitorLock: RecursiveLock;
  readonly monitors: Shared<readonly DeviceMonitor[]>;

  // Protected by nothing.
  /** The device's flags: its own, and IFF_UP, by which the reader goes on. */
  readonly flags: Shared<number>;
  readonly reader: Shared<Thread | null>;
  /** The device is being removed: it is not found any more. */
  readonly busy: Shared<boolean>;

  readonly #capture: Capture | null;

  /** Started by `startConsumer`, before anybody else can find this interface. */
  consumer: Thread | null = null;

  /** allocate_device_interface, up to its consumer. The caller holds the first reference. */
  constructor(
    kernel: Kernel,
    device: NetworkDevice,
    index: number,
    removed: DeviceRemoved,
    protocols: Protocols | null,
  ) {
    const { name } = device;
    this.kernel = kernel;
    this.device = device;
    this.name = name;
    this.index = index;
    this.removed = removed;
    this.protocols = protocols;
    this.#capture = captureOf(kernel);
    this.receiveLock = new RecursiveLock(kernel, "device interface receive");
    this.monitorLock = new RecursiveLock(kernel, "device interface monitors");
    this.receiveQueue = new NetFifo(kernel, `${name} receive queue`, RECEIVE_QUEUE_BYTES);
    this.statistics = new Statistics(kernel);
    this.referenceCount = new ReferenceCount(kernel, 1, `${name} references`);
    this.handlers = new Shared<readonly RegisteredHandler[]>(kernel, [], `${name} handlers`);
    this.upCount = new Shared(kernel, 0, `${name} up count`);
    this.monitors = new Shared<readonly DeviceMonitor[]>(kernel, [], `${name} monitors`);
    this.flags = new Shared(kernel, device.flags, `${name} device flags`);
    this.reader = new Shared<Thread | null>(kernel, null, `${name} reader`);
    this.busy = new Shared(kernel, false, `${name} being removed`);
  }

  startConsumer(): void {
    const options = { priority: B_DISPLAY_PRIORITY, daemon: true };
    this.consumer = this.kernel.spawn(`${this.name} consumer`, () => deviceConsumerThread(this), options);
  }

  /** up_device_interface: the first up starts the device and its reader; every other only counts. */
  *up(): Steps<Status> {
    using _ = yield* this.receiveLock.guard();
    if (this.upCount.value !== 0) {
      this.upCount.value++;
      return B_OK;
    }
    const status = yield* this.device.up();
    if (status !== B_OK) return status;

    const options = { priority: B_REAL_TIME_DISPLAY_PRIORITY - 10, daemon: true };
    const reader = this.kernel.spawnSuspended(`${this.name} reader`, () => deviceReaderThread(this), options);
    this.reader.value = reader;
    this.flags.value |= IFF_UP;
    yield* this.kernel.resumeThread(reader);
    this.upCount.value = 1;
    return B_OK;
  }

  /** down_device_interface. The caller has taken the up count to 0. The reader itself does not wait (EDEADLK). */
  *down(): Steps<void> {
    this.flags.value &= ~IFF_UP;
    yield* this.device.down();
    yield* this.notifyMonitors(B_DEVICE_GOING_DOWN);
    yield* this.kernel.waitForThread(this.reader.value);
  }

  get hasMonitors(): boolean {
    return this.monitors.value.length > 0;
  }

  /** Shows a passing packet to the monitors. */
  *feedMonitors(buffer: NetBuffer): Steps<void> {
    using _ = yield* this.monitorLock.guard();
    for (const monitor of this.monitors.value) monitor.receive(buffer);
  }

  /** Shows a packet to whoever watches from outside. */
  show(direction: "in" | "out", bytes: Uint8Array, comment: string): void {
    const { simulation } = this.kernel;
    if (this.#capture === null || simulation.closed) return;
    this.#capture({
      time: simulation.now(),
      host: this.kernel.name,
      interface: this.name,
      hardwareType: this.device.type,
      direction,
      bytes,
      comment,
    });
  }

  get isWatched(): boolean {
    return this.#capture !== null;
  }

  *notifyMonitors(event: number): Steps<void> {
    using _ = yield* this.monitorLock.guard();
    for (const monitor of this.monitors.value) monitor.event(event);
  }

  /** Sends a packet: what the device says. Takes the buffer in any case. */
  send(buffer: NetBuffer): Operation<Status> {
    if (this.#capture !== null || this.hasMonitors) return this.#sendWatched(buffer);
    const { size } = buffer;
    const sending = this.device.sendData(buffer);
    const status = resultAtOnce(this.kernel, sending);
    if (status === NOT_YET) return new Sending(this, sending, buffer, size);
    return given(this.kernel, this.sent(status, buffer, size));
  }

  *#sendWatched(buffer: NetBuffer): Steps<Status> {
    if (this.hasMonitors) yield* this.feedMonitors(buffer);
    const { size } = buffer;
    const shown = this.#capture === null ? null : buffer.bytes.slice();
    const status = yield* this.device.sendData(buffer);
    if (shown !== null) this.show("out", shown, status === B_OK ? "" : `not sent: ${statusName(status)}`);
    return this.sent(status, buffer, size);
  }

  /** The device has said what became of a packet of so many bytes. */
  sent(status: Status, buffer: NetBuffer, bytes: number): Status {
    if (status === B_OK) {
      this.statistics.count(SEND_PACKETS);
      this.statistics.count(SEND_BYTES, bytes);
    } else {
      this.statistics.count(SEND_ERRORS);
      buffer.free();
    }
    return status;
  }
}

// What the device does with a packet, and what is counted behind it: neither a generator nor a closure, because each packet comes by here.
class Sending implements IterableIterator<undefined, Status, void> {
  readonly #via: DeviceInterface;
  readonly #steps: Iterator<undefined, Status, void>;
  readonly #buffer: NetBuffer;
  readonly #bytes: number;

  constructor(via: DeviceInterface, steps: Operation<Status>, buffer: NetBuffer, bytes: number) {
    this.#via = via;
    this.#steps = steps[Symbol.iterator]();
    this.#buffer = buffer;
    this.#bytes = bytes;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, Status> {
    const result = this.#steps.next();
    if (result.done === true) this.#via.sent(result.value, this.#buffer, this.#bytes);
    return result;
  }
}
