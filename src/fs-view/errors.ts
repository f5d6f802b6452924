// Errors as Node throws them, from Haiku's statuses: code, errno, syscall and path, and the status itself.
//
// errno is the number that Node has on Linux, whatever machine this runs on, and the text is libuv's. A status that
// has no name in POSIX keeps Haiku's name as its code, and its own number (facts: haiku.md, section 1).

import {
  B_BAD_ADDRESS,
  B_BAD_VALUE,
  B_BUSY,
  B_CANCELED,
  B_DEVICE_FULL,
  B_DEVICE_NOT_FOUND,
  B_ENTRY_NOT_FOUND,
  B_FILE_ERROR,
  B_FILE_EXISTS,
  B_INTERRUPTED,
  B_IO_ERROR,
  B_IS_A_DIRECTORY,
  B_NAME_TOO_LONG,
  B_NO_MEMORY,
  B_NO_MORE_FDS,
  B_NOT_A_DIRECTORY,
  B_NOT_ALLOWED,
  B_PERMISSION_DENIED,
  B_TIMED_OUT,
  B_UNSUPPORTED,
  B_WOULD_BLOCK,
  EADDRINUSE,
  EAFNOSUPPORT,
  EDEADLK,
  EDESTADDRREQ,
  EMSGSIZE,
  ENETUNREACH,
  ENOBUFS,
  ENOTTY,
  ENXIO,
  EOPNOTSUPP,
  ERANGE,
  statusName,
  strerror,
  type Status,
} from "#base/status";

/** An error of a call on the fs view. */
export interface FsViewError extends Error {
  /** "EAGAIN" and the like; Haiku's own name where POSIX has none. */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
  /** What the simulated kernel said. */
  readonly status: Status;
}

type Row = readonly [status: Status, code: string, errno: number, text: string];

const ROWS: readonly Row[] = [
  [B_NOT_ALLOWED, "EPERM", -1, "operation not permitted"],
  [B_ENTRY_NOT_FOUND, "ENOENT", -2, "no such file or directory"],
  [B_INTERRUPTED, "EINTR", -4, "interrupted system call"],
  [B_IO_ERROR, "EIO", -5, "i/o error"],
  [ENXIO, "ENXIO", -6, "no such device or address"],
  [B_FILE_ERROR, "EBADF", -9, "bad file descriptor"],
  [B_WOULD_BLOCK, "EAGAIN", -11, "resource temporarily unavailable"],
  [B_NO_MEMORY, "ENOMEM", -12, "not enough memory"],
  [B_PERMISSION_DENIED, "EACCES", -13, "permission denied"],
  [B_BAD_ADDRESS, "EFAULT", -14, "bad address in system call argument"],
  [B_BUSY, "EBUSY", -16, "resource busy or locked"],
  [B_FILE_EXISTS, "EEXIST", -17, "file already exists"],
  [B_DEVICE_NOT_FOUND, "ENODEV", -19, "no such device"],
  [B_NOT_A_DIRECTORY, "ENOTDIR", -20, "not a directory"],
  [B_IS_A_DIRECTORY, "EISDIR", -21, "illegal operation on a directory"],
  [B_BAD_VALUE, "EINVAL", -22, "invalid argument"],
  [B_NO_MORE_FDS, "EMFILE", -24, "too many open files"],
  [ENOTTY, "ENOTTY", -25, "inappropriate ioctl for device"],
  [B_DEVICE_FULL, "ENOSPC", -28, "no space left on device"],
  [ERANGE, "ERANGE", -34, "result too large"],
  [EDEADLK, "EDEADLK", -35, "nobody is left who could end the wait"],
  [B_NAME_TOO_LONG, "ENAMETOOLONG", -36, "name too long"],
  [EDESTADDRREQ, "EDESTADDRREQ", -89, "destination address required"],
  [EMSGSIZE, "EMSGSIZE", -90, "message too long"],
  [EOPNOTSUPP, "EOPNOTSUPP", -95, "operation not supported"],
  [B_UNSUPPORTED, "EOPNOTSUPP", -95, "operation not supported"],
  [EAFNOSUPPORT, "EAFNOSUPPORT", -97, "address family not supported"],
  [EADDRINUSE, "EADDRINUSE", -98, "address already in use"],
  [ENETUNREACH, "ENETUNREACH", -101, "network is unreachable"],
  [ENOBUFS, "ENOBUFS", -105, "no buffer space available"],
  [B_TIMED_OUT, "ETIMEDOUT", -110, "connection timed out"],
  [B_CANCELED, "ECANCELED", -125, "operation canceled"],
];

const TABLE = new Map(ROWS.map((row) => [row[0], row]));

/** The error for a negative status. */
export function statusError(status: Status, syscall: string, path?: string): FsViewError {
  const [, code, errno, text] = TABLE.get(status) ?? [status, statusName(status), status, strerror(status)];
  const where = path === undefined ? "" : ` '${path}'`;
  const error = new Error(`${code}: ${text}, ${syscall}${where}`);
  return Object.assign(error, { errno, code, syscall, ...(path === undefined ? {} : { path }), status });
}

/** `count`, unless it is a negative status: then its error is thrown. */
export function checked(count: number, syscall: string, path?: string): number {
  if (count < 0) throw statusError(count, syscall, path);
  return count;
}
