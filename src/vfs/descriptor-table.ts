// A team's descriptor table: slots, numbered from 0, each leading to a descriptor (facts: haiku.md, section 7).
//
// Invariants:
//   - a new descriptor gets the lowest free slot;
//   - an emptied slot's selects have been taken off it: they belong to whoever emptied it.
// Opening and closing also read the cell WHOLE, which copying the table writes: they stay independent of each
// other, and not of a fork.

import { B_FILE_ERROR, B_NO_MORE_FDS } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SelectInfo } from "#sync/select-sync-pool";
import { ContendedCells } from "#vfs/contended-cells";
import type { Descriptor } from "#vfs/descriptor";

/** Slots of a table, as many as Haiku gives a new team. */
export const SLOTS_MOST = 256;

/** Behind the slots' cells: the table as a whole. */
const WHOLE = SLOTS_MOST;

/** A slot in use. */
interface Slot {
  readonly descriptor: Descriptor;
  closeOnExec: boolean;
  /** Selects that are waiting for events of this slot. */
  readonly selects: Set<SelectInfo>;
}

/** What was in a slot that is emptied. */
export interface EmptiedSlot {
  readonly descriptor: Descriptor;
  /** In an order that does not depend on who came first. */
  readonly selects: readonly SelectInfo[];
}

export class DescriptorTable extends ContendedCells {
  readonly #slots: (Slot | undefined)[] = [];

  constructor(kernel: Kernel, teamName: string) {
    super(kernel, "descriptor table", `descriptors of ${teamName}`, SLOTS_MOST + 1);
  }

  /** Gives the descriptor the lowest free slot from `from` on, and counts it; B_NO_MORE_FDS when all are taken. */
  *add(descriptor: Descriptor, closeOnExec: boolean, from = 0): Steps<number> {
    const likely = this.#lowestFree(from);
    if (this.isContended(likely)) yield* this.point(likely);
    const fd = this.#lowestFree(from);
    if (fd >= SLOTS_MOST) return B_NO_MORE_FDS;
    this.passes(WHOLE);
    this.fills(fd);
    this.kernel.simulation.changed = true;
    descriptor.addSlot();
    this.#slots[fd] = { descriptor, closeOnExec, selects: new Set() };
    return fd;
  }

  /** The descriptor in this slot, with one more reference, which the caller puts; null when there is none. */
  *get(fd: number): Steps<Descriptor | null> {
    if (isSlotNumber(fd) && this.isContended(fd)) yield* this.point(fd);
    return this.getNow(fd);
  }

  /** As `get`, where nobody contends for the slot. */
  getNow(fd: number): Descriptor | null {
    if (!isSlotNumber(fd)) return null;
    this.looks(fd);
    const slot = this.#slots[fd];
    return slot !== undefined && slot.descriptor.get() ? slot.descriptor : null;
  }

  /** Empties the slot. The caller owns what was in it; null when it was empty. */
  *remove(fd: number): Steps<EmptiedSlot | null> {
    if (!isSlotNumber(fd)) return null;
    if (this.isContended(fd)) yield* this.point(fd);
    const slot = this.#slots[fd];
    if (slot === undefined) {
      this.looks(fd);
      return null;
    }
    this.passes(WHOLE);
    this.empties(fd);
    this.#slots[fd] = undefined;
    return { descriptor: slot.descriptor, selects: [...slot.selects].sort((a, b) => a.number - b.number) };
  }

  /** Remembers with the slot that `info` waits for it. False when the slot no longer leads to `descriptor`. Behind the point of the slot. */
  addSelect(fd: number, descriptor: Descriptor, info: SelectInfo): boolean {
    this.looks(fd);
    const slot = this.#slots[fd];
    if (slot?.descriptor !== descriptor) return false;
    slot.selects.add(info);
    return true;
  }

  /** Forgets it again. False when somebody who emptied the slot has it now. Behind the point of the slot. */
  removeSelect(fd: number, info: SelectInfo): boolean {
    this.looks(fd);
    return this.#slots[fd]?.selects.delete(info) ?? false;
  }

  closeOnExec(fd: number): boolean {
    this.looks(fd);
    return this.#slots[fd]?.closeOnExec ?? false;
  }

  setCloseOnExec(fd: number, closeOnExec: boolean): number {
    this.fills(fd);
    const slot = this.#slots[fd];
    if (slot === undefined) return B_FILE_ERROR;
    slot.closeOnExec = closeOnExec;
    return 0;
  }

  /** fork: the empty table `to` gets the same descriptors in the same slots, each with one slot more. */
  copyTo(to: DescriptorTable): void {
    this.counts(WHOLE);
    this.#slots.forEach((slot, fd) => {
      if (slot === undefined) return;
      this.looks(fd);
      slot.descriptor.addSlot();
      to.#slots[fd] = { descriptor: slot.descriptor, closeOnExec: slot.closeOnExec, selects: new Set() };
    });
  }

  /** The slots in use, lowest first. */
  get used(): readonly number[] {
    this.counts(WHOLE);
    return this.#slots.flatMap((slot, fd) => (slot === undefined ? [] : [fd]));
  }

  /** No slot from this one on was ever used; for who looks from outside, recorded nowhere. */
  get shownEnd(): number {
    return this.#slots.length;
  }

  /** The descriptor in a slot, for judges and debuggers: recorded nowhere. */
  shown(fd: number): Descriptor | null {
    return this.#slots[fd]?.descriptor ?? null;
  }

  #lowestFree(from: number): number {
    let fd = from;
    for (; fd < SLOTS_MOST && this.#slots[fd] !== undefined; fd++) this.passes(fd);
    if (fd < SLOTS_MOST) this.passes(fd);
    return fd;
  }
}

function isSlotNumber(fd: number): boolean {
  return Number.isInteger(fd) && fd >= 0 && fd < SLOTS_MOST;
}
