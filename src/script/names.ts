// The names that steps give to what they get, descriptors, threads, locks and numbers, and who may see them.
//
// Every name is known in the whole file; those of threads, of locks and of numbers do not meet. A *body* is the steps of one thread: the set-up, the main thread, each thread that is spawned.
// How a name is kept follows from the text alone:
//   - set-up: it is given in the set-up's own body only, before anything is explored: a plain variable;
//   - local: it is given in one body only, and used there and in threads that this body starts further down: each thread has its
//     own, which has the value that the name had when the thread was started;
//   - shared: threads share it, so it is a Shared, whose reads and writes the explorer sees.

import type { Node } from "yaml";
import { suggestion } from "#base/nearest";

export type NameKind = "number" | "thread" | "mutex" | "semaphore" | "parameter";

/** How a name is kept. */
export type Kept = "setup" | "local" | "shared";

/** The body of the set-up, and that of the thread "main". */
export const SETUP_BODY = 0;
export const MAIN_BODY = 1;

interface Mention {
  readonly name: string;
  readonly kind: NameKind;
  readonly body: number;
  readonly node: Node;
  /** How many were mentioned before it. */
  readonly at: number;
  /** A step that is wrong may have meant to give it: nobody is blamed for using it, and it is not proposed to anybody. */
  readonly isGuess: boolean;
}

/** Where a body stands: in the one whose thread starts it, behind so many mentions. */
interface Body {
  readonly outer: number;
  readonly at: number;
}

const KIND_WORDS: Readonly<Record<NameKind, string>> = {
  number: "descriptor or number",
  thread: "thread",
  mutex: "mutex",
  semaphore: "semaphore",
  parameter: "parameter",
};

const HOW_GIVEN: Readonly<Record<NameKind, string>> = {
  number: 'a step gives one with "as"',
  thread: '"spawn" gives one',
  mutex: 'a step "mutex" makes one',
  semaphore: 'a step "semaphore" makes one',
  parameter: 'declare it under "parameters"',
};

/** All but parameters, which no step gives. */
const GUESSED = ["number", "thread", "mutex", "semaphore"] as const;

export class Names {
  readonly #problem: (node: Node, message: string) => void;
  readonly #given: Mention[] = [];
  readonly #used: Mention[] = [];
  #body = SETUP_BODY;
  readonly #bodies: Body[] = [
    { outer: -1, at: 0 },
    { outer: -1, at: 0 },
  ];
  #mentions = 0;

  constructor(problem: (node: Node, message: string) => void) {
    this.#problem = problem;
  }

  /** What `act` reads belongs to this body; without a number to a new one. */
  within<T>(body: number | null, act: () => T): T {
    const outer = this.#body;
    this.#body = body ?? this.#bodies.push({ outer, at: this.#mentions }) - 1;
    const result = act();
    this.#body = outer;
    return result;
  }

  give(kind: NameKind, name: string, node: Node): void {
    this.#given.push({ name, kind, body: this.#body, node, at: this.#mentions++, isGuess: false });
  }

  /** A step that is wrong gives this name, very likely as the kind that is `meant`. */
  guess(meant: NameKind, name: string, node: Node): void {
    for (const kind of GUESSED) {
      this.#given.push({ name, kind, body: this.#body, node, at: this.#mentions++, isGuess: kind !== meant });
    }
  }

  use(kind: NameKind, name: string, node: Node): void {
    this.#used.push({ name, kind, body: this.#body, node, at: this.#mentions++, isGuess: false });
  }

  /** Notes every name that nobody gives, and says by its key how each of the others is kept. */
  finish(): ReadonlyMap<string, Kept> {
    for (const use of this.#used) this.#check(use);
    const kept = new Map<string, Kept>();
    for (const { name, kind } of this.#given)
      if (kind !== "parameter") kept.set(keyOf(kind, name), this.#keptAs(kind, name));
    return kept;
  }

  #check({ name, kind, body, node }: Mention): void {
    const given = this.#given.filter((each) => each.kind === kind);
    const all = given.filter(({ isGuess }) => !isGuess).map((each) => each.name);
    const own = given.filter((each) => each.name === name);
    if (own.length === 0) {
      const known = [...new Set(all)];
      const others = known.length === 0 ? "" : `; there ${known.length === 1 ? "is" : "are"} ${quotedList(known)}`;
      const near = suggestion(name, known);
      this.#problem(node, `no ${KIND_WORDS[kind]} is called "${name}": ${HOW_GIVEN[kind]}${near || others}`);
    } else if (body === SETUP_BODY && kind !== "parameter" && own.every((each) => each.body !== SETUP_BODY)) {
      this.#problem(node, `"${name}" is not known in the set-up: it is given only later`);
    }
  }

  #keptAs(kind: NameKind, name: string): Kept {
    const isMeant = (each: Mention): boolean => each.kind === kind && each.name === name;
    const givers = new Set(this.#given.filter(isMeant).map(bodyOf));
    if (givers.size === 1 && givers.has(SETUP_BODY)) return "setup";
    const [giver, ...others] = givers;
    if (giver === undefined || others.length > 0) return "shared";
    const last = Math.max(...this.#given.filter(isMeant).map(({ at }) => at));
    const isLocal = this.#used.filter(isMeant).every(({ body }) => this.#inherits(body, giver, last));
    return isLocal ? "local" : "shared";
  }

  /** Whether `body` is that of the giver, or of a thread that is started by it, or through others, only after the last giving. */
  #inherits(body: number, giver: number, last: number): boolean {
    if (body === giver) return true;
    const { outer, at } = this.#bodies[body] ?? { outer: -1, at: 0 };
    return outer === giver ? at > last : outer >= 0 && this.#inherits(outer, giver, last);
  }
}

/** What a name is known by: a thread and a number may have the same name. */
export function keyOf(kind: NameKind, name: string): string {
  return `${kind} ${name}`;
}

function bodyOf(mention: Mention): number {
  return mention.body;
}

function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((each) => `"${each}"`);
  return names.length > 8 ? `${shown.join(", ")} ...` : shown.join(", ");
}
