// A queue of blocks to be compressed is freed when the last block is written, and a compressor looks at it once more.
//
// Source: pbzip2 0.9.4, as in SCTBench, CB/pbzip2 (Yu and Narayanasamy, "A case for an interleaving constrained shared-memory
// multi-processor", ISCA 2009), reduced. What is wrong: the main thread waits for the output, and not for the thread
// that makes it, before it frees the queue with the mutex in it. Fixed, it waits for that thread too.
// explore: panic, of a mutex in freed memory.

import type { Kernel } from "#kernel/kernel";
import { int32, struct } from "#kernel/struct";
import { mutex } from "#sync/mutex-field";
import { Semaphore } from "#sync/semaphore";
import { classic, fixedBy, size, type Threads } from "./program.js";

const Queue = struct("queue", {
  lock: mutex("queue lock"),
  // Protected by the lock.
  blocks: int32(),
});

export function compressor(kernel: Kernel, n: number, fixed: boolean): Threads {
  const queue = kernel.heap.new(Queue, { blocks: n });
  const written = new Semaphore(kernel, 0, "blocks written");
  const done = new Semaphore(kernel, 0, "compressor done");
  return {
    *compressor() {
      for (;;) {
        yield* queue.lock.lock();
        const left = queue.blocks--;
        queue.lock.unlock();
        if (left <= 0) break;
        yield* written.release();
      }
      yield* done.release();
    },
    *pbzip2() {
      for (let i = 0; i < n; i++) yield* written.acquire();
      if (fixed) yield* done.acquire();
      kernel.heap.delete(queue);
    },
  };
}

export default classic("pbzip2", {
  about: "A queue is freed while a thread is still about to look into it.",
  parameters: { n: size(2, "blocks"), ...fixedBy("wait for the thread before its queue is freed") },
  expect: { run: "finished", explore: "panic" },
  threads: (kernel, { n, fixed }) => compressor(kernel, n, fixed),
});
