// Haiku's status codes (facts: haiku.md, section 1).
//
// A status is an int32. B_OK is 0, errors are negative and are the errno values themselves; a hook that
// transfers bytes returns their number (0 or more) or a negative status.

/** A Haiku status_t: B_OK or a negative error. */
export type Status = number;

const BASE = -0x8000_0000;

export const B_OK = 0;
export const B_ERROR = -1;
export const B_NO_MEMORY: number = BASE;
export const B_IO_ERROR: number = BASE + 1;
export const B_PERMISSION_DENIED: number = BASE + 2;
export const B_BAD_INDEX: number = BASE + 3;
export const B_BAD_TYPE: number = BASE + 4;
export const B_BAD_VALUE: number = BASE + 5;
export const B_MISMATCHED_VALUES: number = BASE + 6;
export const B_NAME_NOT_FOUND: number = BASE + 7;
export const B_NAME_IN_USE: number = BASE + 8;
export const B_TIMED_OUT: number = BASE + 9;
export const B_INTERRUPTED: number = BASE + 0xa;
export const B_WOULD_BLOCK: number = BASE + 0xb;
export const B_CANCELED: number = BASE + 0xc;
export const B_NO_INIT: number = BASE + 0xd;
export const B_BUSY: number = BASE + 0xe;
export const B_NOT_ALLOWED: number = BASE + 0xf;
export const B_BAD_DATA: number = BASE + 0x10;
export const B_BAD_SEM_ID: number = BASE + 0x1000;
export const B_NO_MORE_SEMS: number = BASE + 0x1001;
export const B_BAD_THREAD_ID: number = BASE + 0x1100;
export const B_NO_MORE_THREADS: number = BASE + 0x1101;
export const B_BAD_THREAD_STATE: number = BASE + 0x1102;
export const B_BAD_TEAM_ID: number = BASE + 0x1103;
export const B_BAD_ADDRESS: number = BASE + 0x1301;
export const B_FILE_ERROR: number = BASE + 0x6000;
export const B_FILE_EXISTS: number = BASE + 0x6002;
export const B_ENTRY_NOT_FOUND: number = BASE + 0x6003;
export const B_NAME_TOO_LONG: number = BASE + 0x6004;
export const B_NOT_A_DIRECTORY: number = BASE + 0x6005;
export const B_DEVICE_FULL: number = BASE + 0x6007;
export const B_IS_A_DIRECTORY: number = BASE + 0x6009;
export const B_NO_MORE_FDS: number = BASE + 0x600a;
export const B_UNSUPPORTED: number = BASE + 0x600e;
export const EDEADLK: number = BASE + 0x7003;
export const B_DEVICE_NOT_FOUND: number = BASE + 0x7007;
export const ENODEV: number = B_DEVICE_NOT_FOUND;
export const ENOTTY: number = BASE + 0x700a;
export const ENXIO: number = BASE + 0x700b;
export const ERANGE: number = BASE + 0x7011;
export const EPROTONOSUPPORT: number = BASE + 0x7013;
export const EAFNOSUPPORT: number = BASE + 0x7015;
export const EADDRINUSE: number = BASE + 0x7016;
export const EADDRNOTAVAIL: number = BASE + 0x7017;
export const ENETDOWN: number = BASE + 0x7018;
export const ENETUNREACH: number = BASE + 0x7019;
export const EISCONN: number = BASE + 0x701d;
export const ENOTCONN: number = BASE + 0x701e;
export const ECONNREFUSED: number = BASE + 0x7020;
export const EHOSTUNREACH: number = BASE + 0x7021;
export const ENOBUFS: number = BASE + 0x7023;
export const ENOTSOCK: number = BASE + 0x702c;
export const EDESTADDRREQ: number = BASE + 0x7030;
export const EOPNOTSUPP: number = BASE + 0x702b;
export const B_NOT_SUPPORTED: number = EOPNOTSUPP;
export const EMSGSIZE: number = BASE + 0x702a;
export const B_DEV_INVALID_IOCTL: number = BASE + 0xa000;

export const EINVAL: number = B_BAD_VALUE;
export const EEXIST: number = B_FILE_EXISTS;
export const EBUSY: number = B_BUSY;
export const ENOENT: number = B_ENTRY_NOT_FOUND;
export const ENOSPC: number = B_DEVICE_FULL;
export const ENAMETOOLONG: number = B_NAME_TOO_LONG;

const TABLE: readonly (readonly [status: number, name: string, text: string])[] = [
  [B_OK, "B_OK", "No error"],
  [B_ERROR, "B_ERROR", "General system error"],
  [B_NO_MEMORY, "B_NO_MEMORY", "Out of memory"],
  [B_IO_ERROR, "B_IO_ERROR", "I/O error"],
  [B_PERMISSION_DENIED, "B_PERMISSION_DENIED", "Permission denied"],
  [B_BAD_INDEX, "B_BAD_INDEX", "Index not in range for the data set"],
  [B_BAD_TYPE, "B_BAD_TYPE", "Bad argument type passed to function"],
  [B_BAD_VALUE, "B_BAD_VALUE", "Invalid Argument"],
  [B_MISMATCHED_VALUES, "B_MISMATCHED_VALUES", "Mismatched values passed to function"],
  [B_NAME_NOT_FOUND, "B_NAME_NOT_FOUND", "Name not found"],
  [B_NAME_IN_USE, "B_NAME_IN_USE", "Name in use"],
  [B_TIMED_OUT, "B_TIMED_OUT", "Operation timed out"],
  [B_INTERRUPTED, "B_INTERRUPTED", "Interrupted system call"],
  [B_WOULD_BLOCK, "B_WOULD_BLOCK", "Operation would block"],
  [B_CANCELED, "B_CANCELED", "Operation canceled"],
  [B_NO_INIT, "B_NO_INIT", "Initialization failed"],
  [B_BUSY, "B_BUSY", "Device/File/Resource busy"],
  [B_NOT_ALLOWED, "B_NOT_ALLOWED", "Operation not allowed"],
  [B_BAD_DATA, "B_BAD_DATA", "Bad data"],
  [B_BAD_SEM_ID, "B_BAD_SEM_ID", "Bad semaphore ID"],
  [B_NO_MORE_SEMS, "B_NO_MORE_SEMS", "No more semaphores"],
  [B_BAD_THREAD_ID, "B_BAD_THREAD_ID", "Bad thread ID"],
  [B_NO_MORE_THREADS, "B_NO_MORE_THREADS", "No more threads"],
  [B_BAD_THREAD_STATE, "B_BAD_THREAD_STATE", "Thread is inappropriate state"],
  [B_BAD_TEAM_ID, "B_BAD_TEAM_ID", "Operation on invalid team"],
  [B_BAD_ADDRESS, "B_BAD_ADDRESS", "Bad address"],
  [B_FILE_ERROR, "B_FILE_ERROR", "Bad file descriptor"],
  [B_FILE_EXISTS, "B_FILE_EXISTS", "File or Directory already exists"],
  [B_ENTRY_NOT_FOUND, "B_ENTRY_NOT_FOUND", "No such file or directory"],
  [B_NAME_TOO_LONG, "B_NAME_TOO_LONG", "File name too long"],
  [B_NOT_A_DIRECTORY, "B_NOT_A_DIRECTORY", "Not a directory"],
  [B_DEVICE_FULL, "B_DEVICE_FULL", "No space left on device"],
  [B_IS_A_DIRECTORY, "B_IS_A_DIRECTORY", "Is a directory"],
  [B_NO_MORE_FDS, "B_NO_MORE_FDS", "Too many open files"],
  [B_UNSUPPORTED, "B_UNSUPPORTED", "Operation not supported"],
  [EDEADLK, "EDEADLK", "Resource deadlock"],
  [B_DEVICE_NOT_FOUND, "B_DEVICE_NOT_FOUND", "No such device"],
  [ENOTTY, "ENOTTY", "Not a tty"],
  [ENXIO, "ENXIO", "Device not accessible"],
  [ERANGE, "ERANGE", "Result not representable"],
  [EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported"],
  [EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol family"],
  [EADDRINUSE, "EADDRINUSE", "Address already in use"],
  [EADDRNOTAVAIL, "EADDRNOTAVAIL", "Can't assign requested address"],
  [ENETDOWN, "ENETDOWN", "Network is down"],
  [ENETUNREACH, "ENETUNREACH", "Network is unreachable"],
  [EISCONN, "EISCONN", "Socket is already connected"],
  [ENOTCONN, "ENOTCONN", "Socket is not connected"],
  [ECONNREFUSED, "ECONNREFUSED", "Connection refused"],
  [EHOSTUNREACH, "EHOSTUNREACH", "No route to host"],
  [ENOBUFS, "ENOBUFS", "No buffer space available"],
  [ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket"],
  [EDESTADDRREQ, "EDESTADDRREQ", "Destination address required"],
  [EMSGSIZE, "EMSGSIZE", "Message too long"],
  [EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported"],
  [B_DEV_INVALID_IOCTL, "B_DEV_INVALID_IOCTL", "Invalid device ioctl"],
];

const NAMES = new Map(TABLE.map(([status, name]) => [status, name]));
const TEXTS = new Map(TABLE.map(([status, , text]) => [status, text]));

/** The status's name as Haiku's headers write it, or its number in hexadecimal when it has none. */
export function statusName(status: Status): string {
  return NAMES.get(status) ?? (status >= 0 ? String(status) : `0x${(status >>> 0).toString(16)}`);
}

/** The status of this name; null when there is none. */
export function statusNamed(name: string): Status | null {
  return TABLE.find(([, each]) => each === name)?.[0] ?? null;
}

/** Haiku's `strerror` text. */
export function strerror(status: Status): string {
  return TEXTS.get(status) ?? `Unknown Error (${status})`;
}
