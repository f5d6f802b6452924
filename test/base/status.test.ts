// Goal: the status codes are Haiku's numbers, names and texts (facts: haiku.md, section 1).
import { expect, test } from "vitest";
import * as status from "#base/status";

test("the codes are Haiku's numbers", () => {
  const numbers: Readonly<Record<string, number>> = {
    B_OK: 0,
    B_ERROR: -1,
    B_NO_MEMORY: -2147483648,
    B_IO_ERROR: -2147483647,
    B_PERMISSION_DENIED: -2147483646,
    B_BAD_VALUE: -2147483643,
    B_NAME_IN_USE: -2147483640,
    B_TIMED_OUT: -2147483639,
    B_INTERRUPTED: -2147483638,
    B_WOULD_BLOCK: -2147483637,
    B_NO_INIT: -2147483635,
    B_BUSY: -2147483634,
    B_NOT_ALLOWED: -2147483633,
    B_BAD_DATA: -2147483632,
    B_BAD_SEM_ID: -2147479552,
    B_NO_MORE_SEMS: -2147479551,
    B_BAD_THREAD_ID: -2147479296,
    B_BAD_TEAM_ID: -2147479293,
    B_BAD_ADDRESS: -2147478783,
    B_FILE_ERROR: -2147459072,
    B_FILE_EXISTS: -2147459070,
    B_ENTRY_NOT_FOUND: -2147459069,
    B_NAME_TOO_LONG: -2147459068,
    B_NOT_A_DIRECTORY: -2147459067,
    B_DEVICE_FULL: -2147459065,
    B_IS_A_DIRECTORY: -2147459063,
    B_NO_MORE_FDS: -2147459062,
    B_UNSUPPORTED: -2147459058,
    EDEADLK: -2147454973,
    ENODEV: -2147454969,
    ENOTTY: -2147454966,
    ENXIO: -2147454965,
    ERANGE: -2147454959,
    ENETUNREACH: -2147454951,
    ENOBUFS: -2147454941,
    EOPNOTSUPP: -2147454933,
    B_DEV_INVALID_IOCTL: -2147442688,
  };
  const exported = status as unknown as Readonly<Record<string, unknown>>;
  for (const [name, number] of Object.entries(numbers)) expect([name, exported[name]]).toEqual([name, number]);
});

test("names and texts are Haiku's", () => {
  expect(status.statusName(status.B_WOULD_BLOCK)).toBe("B_WOULD_BLOCK");
  expect(status.statusName(1514)).toBe("1514");
  expect(status.statusName(-0x7fff_1234)).toBe("0x8000edcc");
  expect(status.strerror(status.B_ERROR)).toBe("General system error");
  expect(status.strerror(status.B_INTERRUPTED)).toBe("Interrupted system call");
  expect(status.strerror(status.B_BAD_VALUE)).toBe("Invalid Argument");
  expect(status.strerror(status.ENOTTY)).toBe("Not a tty");
  expect(status.strerror(status.B_FILE_ERROR)).toBe("Bad file descriptor");
});
