// Reading stacks of one recording, each once: threads come by the same places again and again.
//
// An engine makes a stack's text when it is first asked for, and with source maps that is most of what recording costs. So
// the calls are looked at first: which function, called on what, at which place of which script. Calls that were met before have
// the frames that they had then. Where an engine does not show its calls, the texts alone are compared.

import type { Frame } from "#trace/event";
import { parseStack } from "#trace/stack";
import { placedUsings } from "#trace/using";
import { writtenCalls, writtenText } from "#trace/written-calls";

type Call = NodeJS.CallSite & { getPosition?(): number };

/** What was met, call by call from the innermost outwards: stacks that begin alike share their beginnings. */
export interface Met {
  readonly name: string | null;
  readonly type: string | null;
  readonly file: string | null;
  /** How many calls deep, where the simulation resumes its thread here: what lies outside is no part of the thread's stack; else 0. */
  readonly reach: number;
  /** The calls that were met outside this one, by their places. */
  readonly outer: Map<number | string, Met[]>;
  /** The engine's own step of a generator, where it was met outside this one: there is one such function. */
  next: Met | null;
  /** The frames of the stack that ends here. */
  frames: readonly Frame[] | null;
}

const NO_FRAMES: readonly Frame[] = [];

export class StackReader {
  /** The stack that was read last, where it was not cut off before the simulation resumed its thread; else null. */
  met: Met | null = null;
  readonly #begin = newMet(null, null, null, 0);
  readonly #byText = new Map<string, readonly Frame[]>();

  /** The frames of an error's stack, innermost first. */
  readonly read = (error: Error): readonly Frame[] => this.#framesOf(error, false);

  /** The same; none for a stack that is cut off before where the simulation resumed its thread. */
  readonly readWhole = (error: Error): readonly Frame[] => this.#framesOf(error, true);

  #framesOf(error: Error, isWhole: boolean): readonly Frame[] {
    this.met = null;
    const usual = Error.prepareStackTrace;
    if (typeof usual !== "function") return isWhole ? NO_FRAMES : this.#ofText(error.stack);
    let frames: readonly Frame[] | null = null;
    Error.prepareStackTrace = (_, calls) => {
      Error.prepareStackTrace = usual;
      const met = follow(this.#begin, calls);
      if (met.reach > 0) this.met = met;
      if (isWhole && met.reach === 0) frames = NO_FRAMES;
      else frames = met.frames ??= this.#ofText(this.#text(error, calls.slice(0, met.reach || calls.length), usual));
      return "";
    };
    const text = error.stack;
    Error.prepareStackTrace = usual;
    return frames ?? this.#ofText(text);
  }

  #text(error: Error, calls: Call[], usual: (error: Error, calls: Call[]) => unknown): unknown {
    return writtenText(calls) ?? usual(error, placedUsings(writtenCalls(calls), usual));
  }

  #ofText(text: unknown): readonly Frame[] {
    const key = typeof text === "string" ? text : "";
    const known = this.#byText.get(key) ?? parseStack(key);
    this.#byText.set(key, known);
    return known;
  }
}

// Up to where the simulation resumes the thread.
function follow(begin: Met, calls: readonly Call[]): Met {
  let met = begin;
  let depth = 0;
  for (const call of calls) {
    met = metOutside(met, call, ++depth);
    if (met.reach > 0) break;
  }
  return met;
}

function metOutside(inner: Met, call: Call, depth: number): Met {
  const name = call.getFunctionName();
  const file = call.getFileName() ?? null;
  if (file === null && name === "next") return (inner.next ??= newMet(name, null, null, depth));
  const place = call.getPosition?.() ?? `${call.getLineNumber()}:${call.getColumnNumber()}`;
  const type = call.getTypeName();
  let there = inner.outer.get(place);
  if (there === undefined) inner.outer.set(place, (there = []));
  for (const each of there) if (each.name === name && each.file === file && each.type === type) return each;
  const met = newMet(name, type, file, depth);
  there.push(met);
  return met;
}

function newMet(name: string | null, type: string | null, file: string | null, depth: number): Met {
  const isResumed = name === "#resume" && file !== null && /\/(?:kernel\/simulation|chunks\/\w+)\.[jt]s/.test(file);
  return { name, type, file, reach: isResumed ? depth : 0, outer: new Map(), next: null, frames: null };
}
