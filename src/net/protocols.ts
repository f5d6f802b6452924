// What interfaces know of the protocols above them.

import type { Operation, Steps } from "#kernel/operation";
import type { DeviceInterface } from "#net/device-interface";
import type { Interface } from "#net/interface";
import type { NetBuffer } from "#net/net-buffer";

export interface Protocols {
  /** It has come up, or got other addresses. */
  changed(found: Interface): Steps<void>;
  /** It is going down: busy, and its device still up. */
  goesDown(found: Interface): Steps<void>;
  /** A packet that no registered handler wanted, in the consumer's thread. The buffer stays the caller's. */
  receive(buffer: NetBuffer, via: DeviceInterface): Operation<void>;
}
