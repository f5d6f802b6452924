// What a pointer in filled memory reads: an address that faults when it is used.

import type { Kernel } from "#kernel/kernel";

/**
 * A value for a pointer field that was overwritten with `word`: any use of it panics as the page fault at
 * that address (facts: haiku.md, section 6).
 */
export function poisonReference(kernel: Kernel, word: number): unknown {
  const digits = word.toString(16).padStart(8, "0");
  const fault = (): never =>
    kernel.panic(
      `vm_page_fault: unhandled page fault in kernel space at 0x${digits}${digits}, ip ${kernel.instructionPointer()}`,
    );
  return new Proxy(function poison() {}, {
    get: fault,
    set: fault,
    has: fault,
    apply: fault,
    construct: fault,
    deleteProperty: fault,
    ownKeys: fault,
    getOwnPropertyDescriptor: fault,
    defineProperty: fault,
  });
}
