// A buffer whose transmission has failed is put back for later, and two threads find it there.
//
// Source: CVE-2017-2636, the line discipline n_hdlc of Linux (Popov, 2017); ConVul (Cai and others, 2019). Every access is a
// step. What is wrong: a flush and an error of transmission take the same buffer, since nothing but a pointer says whose it is. Fixed,
// they look and take under a mutex.
// explore: panic, of a buffer that is freed twice.

import type { Kernel } from "#kernel/kernel";
import { int32, struct } from "#kernel/struct";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { classic, fixedBy, type Body, type Threads } from "./program.js";

const Buffer = struct("transmit buffer", { length: int32() });

export function lineDiscipline(kernel: Kernel, fixed: boolean): Threads {
  const buffer = kernel.heap.new(Buffer, { length: 1 });
  const isKept = new Atomic(kernel, 1, "n_hdlc->tbuf");
  const mutex = new Mutex(kernel, "tx_buf_list lock");
  const frees: Body = function* () {
    if (fixed) yield* mutex.lock();
    if ((yield* isKept.get()) === 1) {
      yield* isKept.set(0);
      kernel.heap.delete(buffer);
    }
    if (fixed) mutex.unlock();
  };
  return { flush: frees, sender: frees };
}

export default classic("n-hdlc", {
  about: "A buffer that was kept to be sent again is freed by two threads.",
  parameters: fixedBy("look and take under a mutex"),
  expect: { run: "finished", explore: "panic" },
  threads: (kernel, { fixed }) => lineDiscipline(kernel, fixed),
});
