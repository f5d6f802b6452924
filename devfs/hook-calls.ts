// What a hook may give back, checked: a driver's author is told which driver, which hook, and what was expected.

import { UsageError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { DeviceHooks } from "#devfs/hooks";
import type { DeviceNode } from "#devfs/tree";
import type { Steps } from "#kernel/operation";

const HOOK_NAMES = ["open", "close", "free", "ioctl", "read", "write", "select", "deselect"] as const;
export type HookName = (typeof HOOK_NAMES)[number];

const KNOWN: ReadonlySet<string> = new Set(HOOK_NAMES);

/** @throws UsageError when these are no hooks, open is missing, or one has a name that nobody calls */
export function checkHooks(hooks: DeviceHooks, owner: string): void {
  if (typeof hooks !== "object" || hooks === null) throw new UsageError(`${owner}: there are no hooks`);
  checkNames(hooks, owner);
  for (const name of HOOK_NAMES) {
    const hook: unknown = hooks[name];
    if (hook === undefined ? name !== "open" : typeof hook === "function") continue;
    const expected = `*${name}(...): Steps<...> { ... }`;
    throw new UsageError(`${owner}: the ${name} hook must be a generator function, ${expected}, and is ${show(hook)}`);
  }
}

// TypeScript does not see a misspelt hook in what an arrow function returns, and one that is never called proves nothing. An
// object of a class may have functions of its own.
function checkNames(hooks: DeviceHooks, owner: string): void {
  if (Object.getPrototypeOf(hooks) !== Object.prototype) return;
  for (const [name, hook] of Object.entries(hooks)) {
    if (KNOWN.has(name) || typeof hook !== "function") continue;
    const meant = suggestion(name, HOOK_NAMES);
    throw new UsageError(`${owner}: there is no hook "${name}"${meant || ";"} hooks are ${HOOK_NAMES.join(", ")}`);
  }
}

/** What calling the hook gave, if it is something that `yield*` can run. */
export function steps<T>(node: DeviceNode, name: HookName, called: Steps<T>): Steps<T> {
  if (isSteps(called)) return called;
  throw wrong(node, name, `must be a generator function (*${name}), and gave ${show(called)} when it was called`);
}

/** As `steps`, for the function that makes names on demand. */
export function demandSteps(path: string, called: Steps<number>): Steps<number> {
  if (isSteps(called)) return called;
  throw new UsageError(
    `name on demand /dev/${path}: create must be a generator function (*create), and gave ${show(called)}`,
  );
}

/** What making a name on demand may return: a status. */
export function checkDemand(path: string, status: number): number {
  if (Number.isInteger(status)) return status;
  throw new UsageError(`name on demand /dev/${path}: create must return a status, and returned ${show(status)}`);
}

/** A status: any whole number. */
export function checkStatus(node: DeviceNode, name: HookName, status: number): number {
  if (Number.isInteger(status)) return status;
  throw wrong(node, name, `must return a status, and returned ${show(status)}`);
}

/** A number of bytes of `length` at most, or a negative status. */
export function checkCount(node: DeviceNode, name: HookName, count: number, length: number): number {
  if (Number.isInteger(count) && count <= length) return count;
  const what = `must return a number of bytes (0 to ${length}) or a negative status, and returned ${show(count)}`;
  // A number may be what it read in freed memory, or what another thread has changed: that is a finding.
  throw Number.isInteger(count) ? new Error(wrong(node, name, what).message) : wrong(node, name, what);
}

/** A cookie, or a negative status. */
export function checkCookie(node: DeviceNode, cookie: unknown): object | number {
  if (typeof cookie === "object" && cookie !== null) return cookie;
  if (typeof cookie === "number" && Number.isInteger(cookie) && cookie < 0) return cookie;
  throw wrong(node, "open", `must return a cookie (an object) or a negative status, and returned ${show(cookie)}`);
}

function isSteps(given: unknown): boolean {
  return typeof given === "object" && given !== null && Symbol.iterator in given && !Array.isArray(given);
}

function wrong(node: DeviceNode, name: HookName, what: string): UsageError {
  const driver = node.driver === null ? "" : `driver "${node.driver}", `;
  return new UsageError(`${driver}/dev/${node.path}: its ${name} hook ${what}`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
