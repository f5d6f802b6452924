// The device operations of /dev/tap/NAME and /dev/tun/NAME (besides B_SET_NONBLOCKING_IO and B_SET_BLOCKING_IO).

import { B_DEVICE_OP_CODES_END } from "#kernel-export";

/**
 * Switches a descriptor from the app's form to the interface's; calls under way on it say B_FILE_ERROR. The
 * argument, if there is one, is the interface's name, and must belong to this node (B_BAD_VALUE).
 * B_NOT_ALLOWED: it is the interface's already. B_BUSY: the node has another interface's end.
 */
export const TUNSETIFF: number = B_DEVICE_OP_CODES_END + 0x92;

/**
 * The interface's end hangs up, and its descriptor stays open: calls under way on it, and every later one, say
 * B_FILE_ERROR, until TUNSETIFF makes it the interface's end again. B_NOT_ALLOWED in any other form.
 */
export const TUNHANGUP: number = B_DEVICE_OP_CODES_END + 0x93;

/** Fills its argument, a TunCounters (B_BAD_VALUE without one). */
export const TUNGETCOUNTERS: number = B_DEVICE_OP_CODES_END + 0x94;

/** What became of the packets that were written towards one side. */
export interface QueueCounters {
  /** Read, whole or in part. */
  delivered: number;
  /** Of these, cut because the reader's buffer was too short. */
  truncated: number;
  /** Refused because the queue was full or nobody held the other side, or left unread by the last who did. */
  dropped: number;
}

/** Both sides' counters. */
export interface TunCounters {
  toApp?: QueueCounters;
  toInterface?: QueueCounters;
}
