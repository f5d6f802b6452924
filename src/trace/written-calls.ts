// The calls of a stack where the simulator's own code, its drivers and scenarios were written, before the engine makes a text of them.

import { asWritten, builtPath } from "#trace/stack";
import { runsAsBuilt } from "#trace/written";

type Call = NodeJS.CallSite;

/** The text of a stack that leads through nothing but what was built, at the places where it was written; null for any other. */
export function writtenText(calls: readonly Call[]): string | null {
  if (!runsAsBuilt()) return null;
  let text = "Error";
  for (const call of calls) {
    const file = call.getFileName() ?? null;
    if (file !== null && builtPath(file) === null) return null;
    const written = file === null ? null : placeOf(call, file);
    text += `\n    at ${written === null ? String(call) : textOf(call, written.path, written.line)}`;
  }
  return text;
}

/** Each call of what was built, at the place where it was written; others as they are. */
export function writtenCalls(calls: readonly Call[]): Call[] {
  return calls.map((call) => {
    const file = call.getFileName() ?? null;
    const written = file === null ? null : placeOf(call, file);
    return written === null ? call : callAt(call, written.path, written.line);
  });
}

function placeOf(call: Call, file: string): { path: string; line: number } | null {
  const place = asWritten(file, call.getLineNumber() ?? 0, call.getColumnNumber() ?? 0);
  return place.path === file ? null : place;
}

/** Whether this is a call that was put where it was written. */
export function isWritten(call: Call): boolean {
  return "isWritten" in call;
}

/** A copy of a call, made of what its prototype names, with some of it its own. */
export function likeCall(call: Call, own: object): Call {
  const prototype = Object.getPrototypeOf(call) as Record<string, unknown>;
  const methods: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = prototype[name];
    if (typeof method === "function") methods[name] = (...given: unknown[]): unknown => method.apply(call, given);
  }
  return Object.create({ ...methods, ...own }) as Call;
}

function callAt(call: Call, path: string, line: number): Call {
  return likeCall(call, {
    isWritten: true,
    getFileName: () => path,
    getScriptNameOrSourceURL: () => path,
    getLineNumber: () => line,
    getColumnNumber: () => 1,
    toString: () => textOf(call, path, line),
  });
}

// That of Node for a call to which it has applied a source map.
function textOf(call: Call, path: string, line: number): string {
  const type = call.getTypeName();
  const name = call.getFunctionName() ?? call.getMethodName() ?? "<anonymous>";
  const owner = type === null || type === "global" ? "" : `${type}.`;
  return `${call.isConstructor() ? "new " : ""}${owner}${name} (${path}:${line}:1)`;
}
