// What a driver gives to devfs: its hooks, in Haiku's order (facts: haiku.md, section 7).
//
// A hook is a generator function: `yield*` marks where other threads may go first. A number that is negative
// is a status; open gives a cookie (an object) or a negative status.

import type { Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import type { SelectInfo } from "#sync/select-sync-pool";

/** A device's hooks. All but open may be missing; a missing one behaves as in Haiku. */
export interface DeviceHooks<Cookie extends object = object> {
  /**
   * The device has no positions: read and write are always given 0. Without this, calls on one descriptor that
   * several threads share are ordered by the position that each of them moves.
   */
  readonly isStream?: boolean;
  /**
   * `write` copies what it keeps of its bytes, and has them no longer than until it returns, as in Haiku. Without this it is
   * given bytes of its own each time.
   */
  readonly copiesWrites?: boolean;
  /** Called for each open with the name below /dev; after an error neither close nor free is called. */
  open(name: string, flags: number): Steps<Cookie | Status>;
  /** The last descriptor slot is closed; others may still be inside read or write. Wake everybody, refuse new waits. */
  close?(cookie: Cookie): Steps<Status>;
  /** Nobody is inside any more: the only place where the cookie may die. */
  free?(cookie: Cookie): Steps<Status>;
  ioctl?(cookie: Cookie, operation: number, argument: unknown): Steps<Status>;
  /** Fills `buffer` from its beginning; gives the number of bytes. */
  read?(cookie: Cookie, position: number, buffer: Uint8Array): Steps<number>;
  /** Gives the number of bytes taken from `buffer`. */
  write?(cookie: Cookie, position: number, buffer: Uint8Array): Steps<number>;
  /** Remembers `sync` for `event`, and notifies at once if the event's condition already holds. */
  select?(cookie: Cookie, event: number, sync: SelectInfo): Steps<Status>;
  deselect?(cookie: Cookie, event: number, sync: SelectInfo): Steps<Status>;
}

/** A directory below /dev whose names come into being when they are opened. */
export interface NamesOnDemand {
  /** Below /dev: "tap". */
  readonly directory: string;
  /** Publishes the device `name` ("tap/tap0"), or says why not; not called on stat or readdir. */
  create(name: string): Steps<Status>;
}
