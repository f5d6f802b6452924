// A packet on its way through the kernel: bytes, and who must free it.
//
// Invariants:
//   - a buffer is freed exactly once; whoever takes one from a fifo owns it, and only the owner touches it, so
//     its fields need no record of their own: the fifo's record orders them;
//   - what is still unfreed at the end is a leak, which the scenario's judge counts.
// Where there is a trace, it says for the judges where each buffer was made and freed, as events that no report shows.

import { newBytes } from "#base/bytes";
import type { Kernel } from "#kernel/kernel";
import { allocationFails } from "#kernel/mishaps";
import { JUDGED_EVENTS_MOST, type Recorder } from "#trace/recorder";

const LIVE = "net buffers";

/** What a trace calls one, and what becomes of it: both are events of kind "created". */
export const NET_BUFFER = "net buffer";
export const FREED_NET_BUFFER = "freed net buffer";

/** Bytes of room in front of a copied packet, for headers. */
const ROOM = 16;

/** A net_buffer. */
export class NetBuffer {
  readonly #live: LiveBuffers;
  readonly #kernel: Kernel;
  bytes: Uint8Array;
  /** The type of the frame, as deframing found it: an Ethernet type, 0 before that. */
  frameType = 0;
  /** The link layer's header, which deframing took off; null where there was none. */
  linkHeader: Uint8Array | null = null;
  /** The stack sends it to an address of its own: it never was on a device. */
  isLocal = false;
  /** Bytes in front of `bytes` that are this buffer's too. */
  #room = 0;
  #freed = false;
  /** In a trace: negative, as no object's is; 0 where there is none. */
  #number = 0;

  /** Copies `bytes`, unless they are the new buffer's alone to have. */
  constructor(kernel: Kernel, bytes: Uint8Array, owned: "copied" | "given" = "copied") {
    this.#kernel = kernel;
    if (owned === "given") this.bytes = bytes;
    else {
      this.bytes = newBytes(bytes.length, ROOM);
      this.bytes.set(bytes);
      this.#room = ROOM;
    }
    this.#live = countOf(kernel);
    this.#live.size++;
    if (kernel.simulation.recorder !== null) this.#recordMade(kernel.simulation.recorder);
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
    const { buffer, byteOffset, length } = this.bytes;
    this.bytes = new Uint8Array(buffer, byteOffset + count, length - count);
    this.#room += count;
  }

  /** Puts `count` bytes in front, for a header that is to be written; without a copy where there is room for it. */
  addHeader(count: number): void {
    const { buffer, byteOffset, length } = this.bytes;
    if (this.#room >= count) {
      this.bytes = new Uint8Array(buffer, byteOffset - count, length + count);
      this.#room -= count;
      return;
    }
    const longer = newBytes(length + count);
    longer.set(this.bytes, count);
    this.bytes = longer;
    this.#room = 0;
  }

  /** Frees the buffer; twice is a fault of the caller. */
  free(): void {
    if (this.#kernel.simulation.closed) return;
    if (this.#number !== 0) this.#recordFree();
    if (this.#freed) throw new Error("a net buffer was freed twice");
    this.#freed = true;
    this.#live.size--;
  }

  // Not in a trace that is too long to be judged.
  #recordMade(recorder: Recorder): void {
    if (recorder.events.length >= JUDGED_EVENTS_MOST) return;
    this.#number = -1 - recorder.events.length;
    this.#live.unfreed.add(this.#number);
    recorder.created({ name: NET_BUFFER, type: NET_BUFFER, number: this.#number });
  }

  #recordFree(): void {
    const { recorder } = this.#kernel.simulation;
    this.#live.unfreed.delete(this.#number);
    if (this.#freed) recorder?.touchedFreed({ type: { name: NET_BUFFER }, number: this.#number }, "free");
    else recorder?.created({ name: NET_BUFFER, type: FREED_NET_BUFFER, number: this.#number });
  }
}

/** How many buffers of a host nobody has freed. */
export interface LiveBuffers {
  size: number;
  /** Those of them that the trace knows, by their numbers in it. */
  readonly unfreed: Set<number>;
}

/** The count of a host: read it again at any time. */
export function liveBuffers(kernel: Kernel): Readonly<LiveBuffers> {
  return countOf(kernel);
}

/** How many those are, for whoever asks about a host that may never have made one. */
export function liveBufferCount(kernel: Kernel): number {
  return (kernel.services.get(LIVE) as LiveBuffers | undefined)?.size ?? 0;
}

// Each packet asks several times, and mostly for the host that was asked for last.
let lastKernel: Kernel | null = null;
let lastLive: LiveBuffers = { size: 0, unfreed: new Set() };

function countOf(kernel: Kernel): LiveBuffers {
  if (kernel === lastKernel) return lastLive;
  let live = kernel.services.get(LIVE) as LiveBuffers | undefined;
  if (live === undefined) {
    live = { size: 0, unfreed: new Set() };
    kernel.services.set(LIVE, live);
  }
  lastKernel = kernel;
  lastLive = live;
  return live;
}
