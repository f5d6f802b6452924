// The words of the story: what was going on, driver by driver, for somebody who has never heard of it.
//
// Facts: haiku.md, sections 0, 9, 10a, 11 and 12.

import type { ShippedName } from "#cli/shipped";

export interface Chapter {
  /** For the table: whose driver, and its defect in a few words. */
  readonly driver: string;
  /** What was going on, in two or three sentences. */
  readonly tale: string;
}

export const PROLOGUE: readonly string[] = [
  `In the summer of 2023 a student wrote a TUN/TAP driver for the Haiku operating system, the piece that OpenVPN needs: programs read and write network packets through a device in /dev, and at its other end is a network interface.`,
  `It hung, it panicked, and a pause of ten microseconds seemed to cure it. Below, that driver in each of its versions runs inside a simulated Haiku kernel: first once, as Haiku's scheduler would run it ("run"); then on every schedule there is, because a real thread may be delayed at any point ("explore"). The last five rows are this project's own drivers, which are meant to be correct.`,
];

export const EPILOGUE = `To see one of these in full, with every step of every thread beside the driver's lines, use any of the replay commands above, or`;

export const CHAPTERS: Readonly<Record<ShippedName, Chapter>> = {
  semaphores: {
    driver: "July: a killed reader keeps a semaphore",
    tale: `The first driver let readers and writers wait for each other on semaphores. A program that is killed while it waits in read never gives back what the writer needs: the first write passes, the second waits for ever.`,
  },
  "inverted-notify": {
    driver: "August: the notify test the wrong way round",
    tale: `After the move to condition variables one "not" too many made the program's writes wake nobody; only the interface's own next write did. Every answer arrived one request late: pings took 1000 ms on average, and 2 to 9 ms once the "not" was gone.`,
  },
  "silent-close": {
    driver: "August: close wakes nobody",
    tale: `"ifconfig tap0 down" just hung. It closes the interface's descriptor and then waits for the interface's reader thread to leave; the reader waits inside the driver for a notify, and the close hook sends none.`,
  },
  "notify-in-close": {
    driver: "August: close wakes, then deletes the cookie",
    tale: `So close was made to notify the readers, and the kernel panicked with a text that puzzled everybody: a spinlock taken twice on a machine with one processor. Nobody takes it twice. The close hook deletes the cookie at once; the woken reader then locks the mutex inside it, in memory that has been overwritten with deadbeef.`,
  },
  "snooze-in-close": {
    driver: "August: the same, with snooze(10) before",
    tale: `A pause of ten microseconds before the delete made the panic go away. It only makes the closing thread step aside, so that the reader usually goes first; a reader that is late by more than that finds its cookie deleted as before.`,
  },
  "merged-close": {
    driver: "merged, November: close notifies without the lock",
    tale: `The driver was merged into Haiku with a shared condition variable, and deletes the cookie in the right hook. But it notifies without holding the reader's lock: a reader that has looked and does not wait yet is not woken, and nothing tells it afterwards that the descriptor is closed.`,
  },
  "merged-data": {
    driver: "merged: write notifies without the lock",
    tale: `The same window, with data: the packet is added and the reader notified after the reader has seen an empty queue and before it waits. It then waits with a packet in the queue.`,
  },
  "merged-packets": {
    driver: "merged: packets in a queue of bytes",
    tale: `The queue was borrowed from TCP, where only bytes count. Two packets that wait together come out as one.`,
  },
  "merged-tunsetiff": {
    driver: "merged: an ioctl destroys a lock in use",
    tale: `The ioctl that turns a descriptor into the interface's end also destroys the lock that select takes. Any program may call it, and its next poll panics the kernel.`,
  },
  "tunnel-down": {
    driver: "today's tunnel: wakes who already waits",
    tale: `Haiku replaced the driver within days. Its successor wakes the reader by releasing every waiter of a semaphore, which stores nothing: a reader that has just found the queue empty, and does not wait yet, is not released, and "ifconfig down" waits for it for ever.`,
  },
  "ioctl-mode": {
    driver: "ours: app and interface ends by ioctl",
    tale: `The driver of this project: a descriptor begins as a program's end and an ioctl makes it the interface's; every misuse gets a clear status.`,
  },
  "nodes-on-demand": {
    driver: "ours: device nodes on demand",
    tale: `What the student wished for: "ifconfig tap1 up" makes /dev/tap/tap1, opening an unknown name makes it too, and the last user takes it away.`,
  },
  "tun-close": {
    driver: "ours: close against a blocked read",
    tale: `The subject of the whole summer, without a pause anywhere: close says under the lock that it is closing, and the cookie dies when nobody is inside.`,
  },
  "tun-close-traffic": {
    driver: "ours: close under traffic",
    tale: `The same with readers and writers at both ends while the interface goes down.`,
  },
  "null-and-friends": {
    driver: "ours: null, zero, full, random",
    tale: `Four drivers of a page each.`,
  },
};
