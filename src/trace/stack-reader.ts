// Reading stacks of one recording, each once: threads come by the same places again and again.
//
// An engine makes a stack's text when it is first asked for, and with source maps that is most of what recording costs. So
// the calls are looked at first: which function, called on what, at which place of which script. Calls that were met before have
// the frames that they had then. Where an engine does not show its calls, the texts alone are compared.

import type { Frame } from "#trace/event";
import { parseStack } from "#trace/stack";
import { placedUsings } from "#trace/using";

type Call = NodeJS.CallSite & { getPosition?(): number };

/** What was met, call by call from the innermost outwards: stacks that begin alike share their beginnings. */
interface Met {
  readonly name: string | null;
  readonly type: string | null;
  readonly file: string | null;
  /** The calls that were met outside this one, by their places. */
  readonly outer: Map<number | string, Met[]>;
  /** The frames of the stack that ends here. */
  frames: readonly Frame[] | null;
}

const NO_FRAMES: readonly Frame[] = [];

export class StackReader {
  /** How many calls deep the stack that was read last was where the simulation resumed its thread; null where it is cut off before. */
  reach: number | null = null;
  readonly #met: Met = { name: null, type: null, file: null, outer: new Map(), frames: null };
  readonly #byText = new Map<string, readonly Frame[]>();

  /** The frames of an error's stack, innermost first. */
  readonly read = (error: Error): readonly Frame[] => this.#framesOf(error, false);

  /** The same; none for a stack that is cut off before where the simulation resumed its thread. */
  readonly readWhole = (error: Error): readonly Frame[] => this.#framesOf(error, true);

  #framesOf(error: Error, isWhole: boolean): readonly Frame[] {
    this.reach = null;
    const usual = Error.prepareStackTrace;
    if (typeof usual !== "function") return isWhole ? NO_FRAMES : this.#ofText(error.stack);
    let frames: readonly Frame[] | null = null;
    Error.prepareStackTrace = (_, calls) => {
      Error.prepareStackTrace = usual;
      const met = this.#follow(calls);
      if (isWhole && this.reach === null) frames = NO_FRAMES;
      else frames = met.frames ??= this.#ofText(usual(error, placedUsings(calls, usual)));
      return "";
    };
    const text = error.stack;
    Error.prepareStackTrace = usual;
    return frames ?? this.#ofText(text);
  }

  // Up to where the simulation resumes the thread: what lies outside is no part of its stack.
  #follow(calls: readonly Call[]): Met {
    let met = this.#met;
    let count = 0;
    for (const call of calls) {
      met = metOutside(met, call);
      count++;
      if (met.name !== "#resume" || met.file === null || !/\/kernel\/simulation\.[jt]s/.test(met.file)) continue;
      this.reach = count;
      break;
    }
    return met;
  }

  #ofText(text: unknown): readonly Frame[] {
    const key = typeof text === "string" ? text : "";
    const known = this.#byText.get(key) ?? parseStack(key);
    this.#byText.set(key, known);
    return known;
  }
}

function metOutside(inner: Met, call: Call): Met {
  const name = call.getFunctionName();
  const file = call.getFileName() ?? null;
  // The engine's own step of a generator stands between any two of a thread's frames: there is one such function.
  const isNext = file === null && name === "next";
  const place = isNext ? "" : (call.getPosition?.() ?? `${call.getLineNumber()}:${call.getColumnNumber()}`);
  const type = isNext ? null : call.getTypeName();
  const there = inner.outer.get(place) ?? [];
  const known = there.find((each) => each.name === name && each.file === file && each.type === type);
  if (known !== undefined) return known;
  const met: Met = { name, type, file, outer: new Map(), frames: null };
  inner.outer.set(place, [...there, met]);
  return met;
}
