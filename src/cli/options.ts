// Checking what was written on the command line: every option's value is of its kind and in its range.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";

/** The options as the argument parser left them, by name in camel case. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** CPUs of a simulated host at most, as Haiku has. */
export const CPUS_MOST = 64;

/** A whole number in a range; undefined when the option was not given. */
export function wholeNumber(raw: RawOptions, name: string, least: number, most: number): number | undefined {
  const value = single(raw, name, `a whole number from ${least} to ${most}`);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < least || number > most) {
    throw new InputError(`${flag(name)} takes a whole number from ${least} to ${most}, not "${value}"`);
  }
  return number;
}

/** A number above zero. */
export function positiveNumber(raw: RawOptions, name: string, unit: string): number | undefined {
  const value = single(raw, name, `a number of ${unit}`);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number) || number <= 0) {
    throw new InputError(`${flag(name)} takes a number of ${unit} above 0, not "${value}"`);
  }
  return number;
}

/** One of some words. */
export function word<T extends string>(raw: RawOptions, name: string, words: readonly T[]): T | undefined {
  const list = words.join(", ");
  const value = single(raw, name, `one of ${list}`);
  if (value === undefined) return undefined;
  const found = words.find((each) => each === value);
  if (found === undefined)
    throw new InputError(`${flag(name)} takes one of ${list}, not "${value}"${suggestion(value, words)}`);
  return found;
}

/** A flag that is there or not. */
export function isSet(raw: RawOptions, name: string): boolean {
  const value = raw[name];
  if (value !== undefined && value !== true)
    throw new InputError(`${flag(name)} takes no value, and is left out to say no`);
  return value === true;
}

/** All values of an option that may be repeated. */
export function repeated(raw: RawOptions, name: string, wanted: string): string[] {
  const given = raw[name] === undefined ? [] : [raw[name]].flat();
  return given.map((value) => {
    if (typeof value === "boolean" || value === "") throw new InputError(`${flag(name)} takes ${wanted}`);
    return String(value);
  });
}

/** `maxExecutions` as it is written: --max-executions. */
export function flag(name: string): string {
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return dashed.length === 1 ? `-${dashed}` : `--${dashed}`;
}

/** The value of an option that may be given once; undefined when it was not given. */
export function single(raw: RawOptions, name: string, wanted: string): string | undefined {
  const value = raw[name];
  if (value === undefined) return undefined;
  if (Array.isArray(value)) throw new InputError(`${flag(name)} was given more than once`);
  if (typeof value === "boolean" || value === "") throw new InputError(`${flag(name)} takes ${wanted}; none was given`);
  return String(value);
}
