// A packet on its way through the kernel: bytes, and who must free it.
//
// Invariants:
//   - a buffer is freed exactly once; whoever takes one from a fifo owns it, and only the owner touches it, so
//     its fields need no record of their own: the fifo's record orders them;
//   - what is still unfreed at the end is a leak, which the scenario's judge counts.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import { allocationFails } from "#kernel/mishaps";

const LIVE = "net buffers";

/** A net_buffer. */
export class NetBuffer {
  readonly #live: Set<NetBuffer>;
  readonly #kernel: Kernel;
  bytes: Uint8Array;
  /** The type of the frame, as deframing found it: an Ethernet type, 0 before that. */
  frameType = 0;
  /** The link layer's header, which deframing took off; null where there was none. */
  linkHeader: Uint8Array | null = null;
  /** The stack sends it to an address of its own: it never was on a device. */
  isLocal = false;
  #freed = false;

  /** Copies `bytes`, unless they are the new buffer's alone to have. */
  constructor(kernel: Kernel, bytes: Uint8Array, owned: "copied" | "given" = "copied") {
    this.#kernel = kernel;
    this.bytes = owned === "given" ? bytes : bytes.slice();
    this.#live = liveBuffers(kernel);
    this.#live.add(this);
  }

  /** create_buffer: null when there is no memory, which happens only where a scenario asks for `allocationFailures`. */
  static tryNew(kernel: Kernel, bytes: Uint8Array, owned: "copied" | "given" = "copied"): NetBuffer | null {
    return allocationFails(kernel, "a net buffer") ? null : new NetBuffer(kernel, bytes, owned);
  }

  get size(): number {
    return this.bytes.length;
  }

  /** Takes `count` bytes off the front: a header that has been read. */
  removeHeader(count: number): void {
    this.bytes = this.bytes.subarray(count);
  }

  /** Puts `count` bytes in front, for a header that is to be written; without a copy where there is room for it. */
  addHeader(count: number): void {
    const { buffer, byteOffset, length } = this.bytes;
    if (byteOffset >= count) {
      this.bytes = new Uint8Array(buffer, byteOffset - count, length + count);
      return;
    }
    const longer = new Uint8Array(length + count);
    longer.set(this.bytes, count);
    this.bytes = longer;
  }

  /** Frees the buffer; twice is a fault of the caller. */
  free(): void {
    if (this.#kernel.simulation.closed) return;
    if (this.#freed) throw new UsageError("a net buffer was freed twice");
    this.#freed = true;
    this.#live.delete(this);
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
