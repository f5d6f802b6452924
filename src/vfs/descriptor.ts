// A file descriptor object: what an open gives, shared by its slots (facts: haiku.md, section 7; fd.cpp).
//
// It has two counts. The open count is the number of slots (open, dup, fork), and for a moment each select that
// asks its questions: at 0 the close hook is called, while others may be inside read or write. The reference
// count is the slots and every call in flight: at 0 the free hook is called, in whichever thread drops it.
// A disconnected descriptor (its device was unpublished so) is no longer found; when only slots refer to it any
// more, close and free are called early, and not again when the slots go.
//
// Footprints. While a slot is there, no call in flight can be the last to go: its coming and going are only
// readings of "open", and calls of several threads on one descriptor stay independent. The step that takes
// the last slot away writes "open"; from then on every going writes "references", because the last decides.
// Where closing and freeing do nothing, nobody can tell who was last, and none of this is recorded.
// Not modelled: close-on-exec beyond keeping the flag (there is no exec), O_APPEND.

import { assert } from "#base/assert";
import { B_FILE_ERROR, B_OK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { ContendedCells } from "#vfs/contended-cells";
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY, O_RWMASK, O_WRONLY } from "#vfs/file-calls";
import type { OpenFile } from "#vfs/open-file";

// The cells: whether it is open, how many slots, how many references once that decides, position, flags.
const OPEN = 0;
const SLOTS = 1;
const REFERENCES = 2;
const POSITION = 3;
const FLAGS = 4;
const CELLS = 5;

/** The flags that F_SETFL may change. */
const CHANGEABLE = O_NONBLOCK;

export class Descriptor extends ContendedCells {
  readonly file: OpenFile;
  readonly #whenFreed: (descriptor: Descriptor) => void;
  #flags: number;
  #position = 0;
  #slots = 0;
  /** Selects that are asking their questions. */
  #holds = 0;
  #references = 0;
  #disconnected = false;
  #closeCalled = false;
  #freeCalled = false;

  /** @param whenFreed told when nobody has it any more */
  constructor(kernel: Kernel, file: OpenFile, flags: number, whenFreed: (descriptor: Descriptor) => void = () => {}) {
    super(kernel, "descriptor", `descriptor of ${file.name}`, CELLS);
    this.file = file;
    this.#whenFreed = whenFreed;
    this.#flags = flags & ~O_CLOEXEC;
  }

  get openCount(): number {
    return this.#slots + this.#holds;
  }

  get referenceCount(): number {
    return this.#references;
  }

  /** One more slot leads here. */
  addSlot(): void {
    if (this.file.hasEnd) this.counts(SLOTS);
    if (this.#slots === 0) this.counts(OPEN); // a disconnect may have found it before
    this.#slots++;
    this.#references++;
  }

  /** A slot was emptied: close at open count 0, free at reference count 0. */
  *removeSlot(): Steps<void> {
    if (this.file.hasEnd) {
      if (this.isContended(SLOTS)) yield* this.point(SLOTS);
      this.looks(SLOTS); // two that take slots away race for the last one
      this.empties(SLOTS);
      if (this.#slots === 1) this.empties(OPEN);
    }
    this.#slots--;
    assert(this.#slots >= 0, "a descriptor has as many slots as were added");
    if (this.openCount === 0) yield* this.#close();
    yield* this.put();
  }

  /** A call begins: one more reference. False when the descriptor is disconnected. */
  get(): boolean {
    this.looks(OPEN);
    if (this.#disconnected) return false;
    this.#references++;
    return true;
  }

  /** A call ends: frees when nobody else is there. */
  *put(): Steps<void> {
    if (this.isContended(OPEN)) yield* this.point(OPEN);
    this.looks(OPEN);
    this.kernel.simulation.recorder?.ordered(this, 2);
    this.#references--;
    assert(this.#references >= 0, "a reference is put once");
    if (this.#slots > 0 && !this.#disconnected) return;
    if (this.file.hasEnd) {
      this.passes(SLOTS);
      this.counts(REFERENCES);
    }
    if (this.#references === 0) yield* this.#free();
    else if (this.#disconnected && this.#references === this.openCount) yield* this.#endEarly();
  }

  /** As `put`, where nothing can follow from it: false when something might, and nothing has been done. */
  putNow(): boolean {
    if (this.#slots === 0 || this.#disconnected || this.isContended(OPEN)) return false;
    this.looks(OPEN);
    this.kernel.simulation.recorder?.ordered(this, 2);
    this.#references--;
    return true;
  }

  /** A select asks its questions: the descriptor must stay open until they are asked. */
  hold(): void {
    this.looks(OPEN);
    this.#holds++;
  }

  /** The questions are asked. If all slots went meanwhile, it is this thread that closes. */
  *release(): Steps<void> {
    if (this.isContended(OPEN)) yield* this.point(OPEN);
    this.looks(OPEN);
    this.#holds--;
    if (this.#slots > 0 && !this.#disconnected) return;
    if (this.file.hasEnd) this.counts(REFERENCES);
    if (this.openCount === 0) yield* this.#close();
  }

  /** As `release`, where nothing can follow from it: false when something might, and nothing has been done. */
  releaseNow(): boolean {
    if (this.#slots === 0 || this.#disconnected || this.isContended(OPEN)) return false;
    this.looks(OPEN);
    this.#holds--;
    return true;
  }

  /** O_DISCONNECTED: nobody finds it any more. */
  *disconnect(): Steps<void> {
    if (this.isContended(OPEN)) yield* this.point(OPEN);
    this.passes(OPEN);
    if (this.#disconnected || this.#slots === 0) return;
    this.#references++;
    this.empties(OPEN);
    this.#disconnected = true;
    yield* this.put();
  }

  get isDisconnected(): boolean {
    this.looks(OPEN);
    return this.#disconnected;
  }

  /** No slot was free: what was opened goes again. */
  *abandon(): Steps<void> {
    yield* this.#close();
    yield* this.#free();
  }

  read(buffer: Uint8Array): Operation<number> {
    if ((this.#flags & O_RWMASK) === O_WRONLY) return refused();
    return this.file.hasPosition ? this.#readOn(buffer) : this.file.read(0, buffer);
  }

  write(bytes: Uint8Array): Operation<number> {
    if ((this.#flags & O_RWMASK) === O_RDONLY) return refused();
    return this.file.hasPosition ? this.#writeOn(bytes) : this.file.write(0, bytes);
  }

  /** F_GETFL: the access mode and the flags that can change. */
  get flags(): number {
    this.looks(FLAGS);
    return this.#flags;
  }

  /** F_SETFL: the file is asked first; if it refuses, nothing changes. */
  *setFlags(flags: number): Steps<Status> {
    const status = yield* this.file.setFlags(flags & CHANGEABLE);
    if (status !== B_OK) return status;
    this.counts(FLAGS);
    this.#flags = (this.#flags & ~CHANGEABLE) | (flags & CHANGEABLE);
    return B_OK;
  }

  *#readOn(buffer: Uint8Array): Steps<number> {
    this.touchesUnprotected(POSITION, false);
    const position = this.#position;
    const count = yield* this.file.read(position, buffer);
    this.#advance(position, count);
    return count;
  }

  *#writeOn(bytes: Uint8Array): Steps<number> {
    this.touchesUnprotected(POSITION, false);
    const position = this.#position;
    const count = yield* this.file.write(position, bytes);
    this.#advance(position, count);
    return count;
  }

  #advance(from: number, count: number): void {
    if (count <= 0) return;
    this.touchesUnprotected(POSITION, true);
    this.kernel.simulation.changed = true;
    this.#position = from + count;
  }

  // Only slots are left: who empties them meanwhile must not free under the close hook, hence a reference.
  *#endEarly(): Steps<void> {
    this.#references++;
    yield* this.#close();
    this.#references--;
    yield* this.#free();
  }

  *#close(): Steps<void> {
    if (this.#closeCalled) return;
    this.#closeCalled = true;
    yield* this.file.close();
  }

  *#free(): Steps<void> {
    if (this.#freeCalled) return;
    this.#freeCalled = true;
    this.kernel.simulation.recorder?.ordered(this, 1); // who frees comes after all who gave their references back
    this.#whenFreed(this);
    yield* this.file.free();
  }
}

function* refused(): Steps<number> {
  return B_FILE_ERROR;
}
