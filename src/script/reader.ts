// Reading the tree of a YAML text: what is wrong is noted with its place, and reading goes on, so that all of it is told at once.
//
// Invariants:
//   - how much is looked at is bounded: aliases, nodes, depth; a text that wants more has a problem, and takes no time;
//   - a place is that of the node as it stands in the text, also where an alias leads to it.

import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from "yaml";
import { Names } from "#script/names";
import { Teams } from "#script/teams";

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a script, and where. */
export interface Problem extends Place {
  readonly message: string;
}

const ALIASES_MOST = 100;
const NODES_MOST = 20_000;
const DEPTH_MOST = 40;
/** More are counted, and not told. */
const PROBLEMS_MOST = 20;

export class Reader {
  /** The file's name, as messages and traces say it. */
  readonly file: string;
  readonly names: Names;
  /** The frames that were declared so far. */
  readonly frames = new Map<string, Uint8Array>();
  /** The teams that are named, in the order of the text. */
  readonly teams = new Teams();
  /** The drivers that are named. */
  readonly drivers: { readonly text: string; readonly node: Node }[] = [];
  /** The hosts that links name. */
  readonly hosts: { readonly name: string; readonly node: Node }[] = [];
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #problems: Problem[] = [];
  #aliases = 0;
  #nodes = 0;
  #depth = 0;

  constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
    this.names = new Names((node, message) => this.problem(node, message));
  }

  /** In the order of the text, without repetitions; the last one says how many more there are. */
  get problems(): readonly Problem[] {
    const sorted = [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
    const told = sorted.filter((each, at) => {
      const before = sorted[at - 1];
      return before?.line !== each.line || before.column !== each.column || before.message !== each.message;
    });
    const more = told.length - PROBLEMS_MOST;
    const last = told[PROBLEMS_MOST];
    if (more <= 0 || last === undefined) return told;
    return [...told.slice(0, PROBLEMS_MOST), { ...last, message: `${more} more problems from here on` }];
  }

  problem(at: Node | Place, message: string): void {
    const { line, column } = "line" in at ? at : this.placeOf(at as Node);
    this.#problems.push({ line, column, message });
  }

  placeOf(node: Node): Place {
    return this.placeAt(node.range?.[0] ?? 0);
  }

  placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The node that is meant, through aliases; null, with a problem, when there is none or too much of it. */
  resolve(node: Node): Node | null {
    if (++this.#nodes > NODES_MOST) {
      if (this.#nodes === NODES_MOST + 1) this.problem(node, `more than ${NODES_MOST} values, aliases followed`);
      return null;
    }
    if (!isAlias(node)) return node;
    if (++this.#aliases > ALIASES_MOST) {
      if (this.#aliases === ALIASES_MOST + 1) this.problem(node, `more than ${ALIASES_MOST} aliases`);
      return null;
    }
    const found = node.resolve(this.#document);
    if (found === undefined) this.problem(node, `there is no anchor "&${node.source}" before this alias`);
    return found ?? null;
  }

  /** Calls `act` one level deeper; gives undefined, with a problem, when that is too deep. */
  inside<T>(node: Node, act: () => T): T | undefined {
    if (this.#depth >= DEPTH_MOST) {
      this.problem(node, `more than ${DEPTH_MOST} levels deep (an alias that leads back to itself?)`);
      return undefined;
    }
    this.#depth++;
    try {
      return act();
    } finally {
      this.#depth--;
    }
  }
}

/** What a node is, to end a sentence with: `the text "two"`. */
export function describeNode(node: Node): string {
  if (isMap(node)) return "a map";
  if (isSeq(node)) return "a list";
  if (!isScalar(node)) return "something else";
  const { value } = node;
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `the text ${visible(JSON.stringify(shorten(value)))}`;
  if (typeof value === "number") return `the number ${node.source ?? value}`;
  return String(value);
}

// Characters that are not seen, or that turn the others round, by their numbers.
function visible(text: string): string {
  return text.replace(/\p{Cf}/gu, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
