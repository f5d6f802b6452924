// The two kinds of wrong that are thrown: a bug of ours, and a misuse of this library by its user.
//
// The third kind, a panic of the simulated kernel, is a finding and lives in src/kernel/panic.ts; the
// fourth, a status returned to the simulated caller, is no exception at all (src/base/status.ts).

/** A bug of the simulator itself. Never caught, never counted as a finding. */
export class SimulatorBug extends Error {
  override name = "SimulatorBug";
}

/**
 * The library was used in a way that cannot mean anything (an operation without `yield*`, an operation
 * outside a thread). Thrown into the user's code; the execution ends as an assertion with this text.
 */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Input from outside (a scenario file, an argument, a schedule token) that does not fit. The command line
 * prints the message alone and exits with 2.
 */
export class InputError extends Error {
  override name = "InputError";
}

/** Throws a SimulatorBug unless `condition` holds. `message` says what should have been true. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SimulatorBug(`should hold: ${message}`);
}
