// The loopback device, whose interface is called "loop": what is sent comes back, through its reader, which waits here.

import { B_BAD_VALUE, B_FILE_ERROR, B_OK, ENOBUFS, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { IFF_LINK, IFF_LOOPBACK, IFT_LOOP, type NetworkDevice, type NetworkDeviceModule } from "#net/device-module";
import { NetBuffer } from "#net/net-buffer";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

export const LOOPBACK_NAME = "loop";

/** Bytes; and packets that may be on their way back. */
const MTU = 16_384;
const PACKETS_MOST = 1024;

/** The module for "loop". */
export function loopbackModule(kernel: Kernel): NetworkDeviceModule {
  return {
    name: "network/devices/loopback/v1",
    *initDevice(name) {
      return name === LOOPBACK_NAME ? new LoopbackDevice(kernel) : B_BAD_VALUE;
    },
  };
}

class LoopbackDevice implements NetworkDevice {
  readonly name = LOOPBACK_NAME;
  readonly type = IFT_LOOP;
  readonly flags = IFF_LOOPBACK | IFF_LINK;
  readonly media = 0;
  readonly mtu = MTU;
  readonly address: Uint8Array = new Uint8Array();
  readonly headerLength = 0;
  readonly #lock: Mutex;
  // Protected by the lock.
  readonly #arrived: ConditionVariable;
  readonly #isUp: Shared<boolean>;
  readonly #packets: Shared<readonly NetBuffer[]>;

  constructor(kernel: Kernel) {
    this.#lock = new Mutex(kernel, "loopback");
    this.#arrived = new ConditionVariable(kernel, "loopback arrived");
    this.#isUp = new Shared(kernel, false, "loopback is up");
    this.#packets = new Shared<readonly NetBuffer[]>(kernel, [], "loopback packets");
  }

  *uninit(): Steps<Status> {
    return B_OK;
  }

  *up(): Steps<Status> {
    using _ = yield* this.#lock.guard();
    this.#isUp.value = true;
    return B_OK;
  }

  *down(): Steps<void> {
    using _ = yield* this.#lock.guard();
    this.#isUp.value = false;
    for (const packet of this.#packets.value) packet.free();
    this.#packets.value = [];
    yield* this.#arrived.notifyAll(B_FILE_ERROR);
  }

  *sendData(buffer: NetBuffer): Steps<Status> {
    using _ = yield* this.#lock.guard();
    if (!this.#isUp.value) return B_FILE_ERROR;
    if (this.#packets.value.length >= PACKETS_MOST) return ENOBUFS;
    this.#packets.value = [...this.#packets.value, buffer];
    yield* this.#arrived.notifyOne();
    return B_OK;
  }

  *receiveData(): Steps<NetBuffer | Status> {
    using _ = yield* this.#lock.guard();
    while (this.#isUp.value && this.#packets.value.length === 0) yield* this.#arrived.wait(this.#lock);
    const [first, ...rest] = this.#packets.value;
    if (!this.#isUp.value || first === undefined) return B_FILE_ERROR;
    this.#packets.value = rest;
    return first;
  }
}
