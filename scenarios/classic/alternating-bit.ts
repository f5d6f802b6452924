// A sender numbers its messages with one bit, and sends each again when it has not heard that it arrived.
//
// Source: Bartlett, Scantlebury and Wilkinson, "A note on reliable full-duplex transmission over half-duplex links" (CACM, 1969). Whether
// an acknowledgement is lost is a choice that is explored. What is wrong: the receiver does not look at the bit. Fixed, it does.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, size, type Threads } from "./program.js";

export function protocol(kernel: Kernel, messages: number, fixed: boolean): Threads {
  const sent = new Semaphore(kernel, 0, "sent");
  const acknowledged = new Semaphore(kernel, 0, "acknowledged");
  const bit = shared(kernel, 0, "bit");
  const message = shared(kernel, 0, "message");
  return {
    *sender() {
      for (let number = 0; number <= messages; number++) {
        message.value = number;
        bit.value = number % 2;
        const isLost = number < messages && kernel.simulation.choose(2, "is the acknowledgement lost?") === 1;
        for (let times = isLost ? 2 : 1; times > 0; times--) {
          yield* sent.release();
          yield* acknowledged.acquire();
        }
      }
    },
    *receiver() {
      let delivered = 0;
      while (delivered <= messages) {
        yield* sent.acquire();
        if (!fixed || bit.value === delivered % 2) {
          check(message.value === delivered, "a message is delivered twice");
          delivered++;
        }
        yield* acknowledged.release();
      }
    },
  };
}

export default classic("alternating-bit", {
  about: "A receiver does not look at the bit that tells a new message from one that is sent again.",
  parameters: { messages: size(2, "messages"), ...fixedBy("look at the bit") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { messages, fixed }) => protocol(kernel, messages, fixed),
});
