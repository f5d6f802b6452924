// A string buffer is appended to another while a third thread empties it.
//
// Source: the StringBuffer of JDK 1.4, as in SCTBench, CB/stringbuffer-jdk1.4, and in Flanagan and Qadeer, "A type and
// effect system for atomicity" (PLDI 2003). Each method is locked; what is wrong is that append calls two of the
// other buffer's, and copies as many characters as there were before. Fixed, it holds that lock over both.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, type Threads } from "./program.js";

const LENGTH = 3;

export function stringBuffer(kernel: Kernel, fixed: boolean): Threads {
  const lock = new Mutex(kernel, "buffer lock");
  const length = shared(kernel, LENGTH, "length");
  const copy = (count: number): void => check(count <= length.value, "copies more characters than there are");
  return {
    *appender() {
      yield* lock.lock();
      const count = length.value;
      if (!fixed) {
        lock.unlock();
        yield* lock.lock();
      }
      copy(count);
      lock.unlock();
    },
    *eraser() {
      yield* locked(lock, () => (length.value = 0));
      yield* locked(lock, () => (length.value += LENGTH));
    },
  };
}

export default classic("string-buffer", {
  about: "A buffer is copied at the length that it had before.",
  parameters: fixedBy("append holds the other buffer's lock over both calls"),
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => stringBuffer(kernel, fixed),
});
