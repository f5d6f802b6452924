// Errors over the border between threads: what is thrown in a worker is thrown again in the main thread, as what it was.

import { InputError, SimulatorBug, UsageError } from "#base/assert";
import { NotDeterministic } from "#explore/confirm";

/** An error as plain data. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

const KINDS = [InputError, UsageError, SimulatorBug, NotDeterministic] as const;

export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "" };
  const kind = KINDS.find((each) => error instanceof each);
  return { name: kind?.name ?? error.name, message: error.message, stack: error.stack ?? "" };
}

export function errorOf({ name, message, stack }: Fault): Error {
  const Kind = KINDS.find((each) => each.name === name) ?? Error;
  const error = new Kind(message);
  if (stack !== "") error.stack = stack;
  return error;
}
