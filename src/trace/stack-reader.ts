// Reading stacks of one recording, each once: threads come by the same places again and again.
//
// An engine makes a stack's text when it is first asked for, and with source maps that is most of what recording costs. So
// the calls are looked at first: which function, called on what, at which place of which script. Calls that were met before have
// the frames that they had then. Where an engine does not show its calls, the texts alone are compared.

import type { Frame } from "#trace/event";
import { parseStack } from "#trace/stack";
import { placedUsings } from "#trace/using";

type Call = NodeJS.CallSite & { getPosition?(): number };

export class StackReader {
  readonly #byCalls = new Map<string, readonly Frame[]>();
  readonly #byText = new Map<string, readonly Frame[]>();

  /** The frames of an error's stack, innermost first. */
  readonly read = (error: Error): readonly Frame[] => {
    const usual = Error.prepareStackTrace;
    if (typeof usual !== "function") return this.#ofText(error.stack);
    let frames: readonly Frame[] | null = null;
    Error.prepareStackTrace = (_, calls) => {
      Error.prepareStackTrace = usual;
      const key = keyOf(calls);
      frames = this.#byCalls.get(key) ?? this.#ofText(usual(error, placedUsings(calls, usual)));
      this.#byCalls.set(key, frames);
      return "";
    };
    const text = error.stack;
    Error.prepareStackTrace = usual;
    return frames ?? this.#ofText(text);
  };

  #ofText(text: unknown): readonly Frame[] {
    const key = typeof text === "string" ? text : "";
    const known = this.#byText.get(key) ?? parseStack(key);
    this.#byText.set(key, known);
    return known;
  }
}

// Up to where the simulation resumes the thread: what lies outside is no part of its stack.
function keyOf(calls: readonly Call[]): string {
  let key = "";
  for (const call of calls) {
    const name = call.getFunctionName();
    const file = call.getFileName();
    key += `${name} ${call.getTypeName()} ${file} ${call.getPosition?.() ?? `${call.getLineNumber()}:${call.getColumnNumber()}`}\n`;
    if (name === "#resume" && file !== null && /\/kernel\/simulation\.[jt]s/.test(String(file))) break;
  }
  return key;
}
