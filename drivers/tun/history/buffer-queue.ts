// The packet queue of every tun driver of 2023: the TCP implementation's BufferQueue, borrowed whole.
//
// It is a queue of bytes, as TCP needs it: `get` merges what several `add`s brought, up to the number asked
// for, and splits a buffer whose end was not asked for. Where one packet ends and the next begins is lost.
// Invariants:
//   - `used` is the sum of the sizes of the queued buffers, none of which is empty;
//   - it has no lock. Every access to the list goes with one to `used`, which footprints record: an access
//     that its user forgot to lock shows as a conflict.
// Not modelled: TCP's sequence numbers, because the drivers only ever append, so there are no holes and no
// duplicates; the queue's own limit, because a kernel add-on's constructors are never run and the drivers test
// for 30000 bytes themselves (facts: haiku.md, section 7).

import { NetBuffer, shared, type Kernel, type Shared } from "#kernel-export";

/** A queue of bytes that arrive and leave as net buffers. */
export class BufferQueue {
  readonly #kernel: Kernel;
  readonly #buffers: NetBuffer[] = [];
  /** Stands for the list in footprints too. */
  readonly #used: Shared<number>;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.#used = shared(kernel, 0, `${name}.used`);
  }

  /** Used(): the bytes that are queued. */
  get used(): number {
    return this.#used.value;
  }

  /** Add(): appends `buffer`, which now belongs to the queue; an empty one is freed at once. */
  add(buffer: NetBuffer): void {
    if (buffer.size === 0) return buffer.free();
    this.#buffers.push(buffer);
    this.#used.value += buffer.size;
  }

  /**
   * Get(bytes, remove = true): the first `bytes` bytes, or as many as there are, as one buffer that the caller
   * then owns; null when there are none.
   */
  get(bytes: number): NetBuffer | null {
    const wanted = Math.min(bytes, this.#used.value);
    const first = this.#buffers[0];
    if (wanted === 0 || first === undefined) return null;
    const taken = first.size > wanted ? new NetBuffer(this.#kernel, new Uint8Array(0)) : first;
    if (taken === first) this.#buffers.shift();
    this.#appendTo(taken, wanted - taken.size);
    this.#used.value -= taken.size;
    return taken;
  }

  // Moves the next `bytes` bytes of the queue to the end of `taken`.
  #appendTo(taken: NetBuffer, bytes: number): void {
    let bytesLeft = bytes;
    for (let source = this.#buffers[0]; bytesLeft > 0 && source !== undefined; source = this.#buffers[0]) {
      const size = Math.min(source.size, bytesLeft);
      taken.bytes = joined(taken.bytes, source.bytes.subarray(0, size));
      bytesLeft -= size;
      if (size === source.size) {
        this.#buffers.shift();
        source.free();
      } else source.removeHeader(size);
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
