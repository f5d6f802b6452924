// Where a `using` that was compiled to a `try` gives its resource back: its compiler maps that place to no line of the file as it
// was written, and the engine would show the line of what it compiled to.

import { isWritten, likeCall } from "#trace/written-calls";

type Call = NodeJS.CallSite;

/** How many lines back what stands before it is looked for. */
const LINES_MOST = 100;
/** Right of all code: a place that is mapped comes out with the column of the code that stands last in its line. */
const COLUMN = 1_000_000;

/**
 * The calls of a stack, innermost first, in which each disposal at an unknown place stands where the code before it does: at
 * the end of its block.
 * @param write makes a stack's text, by source maps
 */
export function placedUsings(calls: Call[], write: (error: Error, calls: Call[]) => unknown): Call[] {
  if (!calls.some(isDisposing)) return calls;
  return calls.map((call, index) => {
    const inner = calls[index - 1];
    return inner !== undefined && isDisposing(inner) && !isWritten(call) ? placed(call, write) : call;
  });
}

// The helper's method `d` of Babel and oxc, and the functions of esbuild and TypeScript.
function isDisposing(call: Call): boolean {
  const name = call.getFunctionName();
  return (name === "d" && call.getTypeName() === "Object") || /^__(callDispose|disposeResources)$/.test(name ?? "");
}

function placed(call: Call, write: (error: Error, calls: Call[]) => unknown): Call {
  const line = call.getLineNumber() ?? 0;
  for (let at = line; at > Math.max(0, line - LINES_MOST); at--) {
    const moved = movedTo(call, at);
    const [, column] = /:(\d+)\)?\s*$/.exec(String(write(new Error(), [moved]))) ?? [];
    if (Number(column) < COLUMN) return at === line ? call : moved;
  }
  return call;
}

// Source maps are applied to a copy of a call; to what has no place in them, none is.
function movedTo(call: Call, line: number): Call {
  return likeCall(call, {
    getLineNumber: () => line,
    getColumnNumber: () => COLUMN + 1,
    toString: () => `${call.getFileName()}:${line}:${COLUMN + 1}`,
  });
}
