// Every end state that a program can reach on the abstract machine: all interleavings, by way of all states.

import type { Program } from "../program.js";
import { compile } from "./code.js";
import { make, movesOf } from "./machine.js";
import { endText, firstState, type State } from "./state.js";

/** The texts of all end states; null when there are more than `most` states. */
export function reachable(program: Program, wakeups: "fifo" | "any", most: number): Set<string> | null {
  const code = compile(program);
  const ends = new Set<string>();
  const first = JSON.stringify(firstState(program, code));
  const known = new Set([first]);
  const left = [first];
  for (let text = left.pop(); text !== undefined; text = left.pop()) {
    const state = JSON.parse(text) as State;
    const moves = movesOf(state, code, wakeups);
    if (moves.length === 0) ends.add(endText(state));
    for (const move of moves) {
      const next = JSON.parse(text) as State;
      make(next, code, move);
      const nextText = JSON.stringify(next);
      if (known.has(nextText)) continue;
      if (known.size === most) return null;
      known.add(nextText);
      left.push(nextText);
    }
  }
  return ends;
}
