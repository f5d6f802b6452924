// A packet on its way through the kernel: bytes, and who must free it.
//
// Invariants:
//   - a buffer is freed exactly once; whoever takes one from a fifo owns it, and only the owner touches it, so
//     its fields need no record of their own: the fifo's record orders them;
//   - what is still unfreed at the end is a leak, which the scenario's judge counts.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";

const LIVE = "net buffers";

/** A net_buffer. */
export class NetBuffer {
  readonly #kernel: Kernel;
  bytes: Uint8Array;
  /** The type of the frame, as deframing found it: an Ethernet type, 0 before that. */
  frameType = 0;
  #freed = false;

  /** Copies `bytes`. */
  constructor(kernel: Kernel, bytes: Uint8Array) {
    this.#kernel = kernel;
    this.bytes = bytes.slice();
    liveBuffers(kernel).add(this);
  }

  get size(): number {
    return this.bytes.length;
  }

  /** Takes `count` bytes off the front: a header that has been read. */
  removeHeader(count: number): void {
    this.bytes = this.bytes.subarray(count);
  }

  /** Frees the buffer; twice is a fault of the caller. */
  free(): void {
    if (this.#kernel.simulation.closed) return;
    if (this.#freed) throw new UsageError("a net buffer was freed twice");
    this.#freed = true;
    liveBuffers(this.#kernel).delete(this);
  }
}

/** The buffers of a host that nobody has freed. */
export function liveBuffers(kernel: Kernel): Set<NetBuffer> {
  let live = kernel.services.get(LIVE) as Set<NetBuffer> | undefined;
  if (live === undefined) {
    live = new Set();
    kernel.services.set(LIVE, live);
  }
  return live;
}
