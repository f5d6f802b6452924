// The abstract machine's code: a program (../program.ts) as lists of instructions, each of which is one step.

import type { How, Op, OpName, Program } from "../program.js";

/** A lock by its name: m0, m1, r. */
export type LockName = "m0" | "m1" | "r";

export type Instruction =
  // `otherwise` is where to go on when the lock was not got; null goes on after the instruction without a word.
  | { readonly do: "lock"; readonly lock: LockName; readonly ask: Ask; readonly otherwise: number | null }
  | { readonly do: "unlock"; readonly lock: LockName }
  | { readonly do: "switch"; readonly from: LockName; readonly lock: LockName; readonly otherwise: number }
  | { readonly do: "transfer"; readonly lock: LockName; readonly to: number }
  | { readonly do: "destroy"; readonly lock: LockName }
  | { readonly do: "is-held"; readonly lock: LockName }
  | { readonly do: "recursion" }
  | { readonly do: "rw-lock"; readonly writes: boolean; readonly otherwise: number }
  | { readonly do: "rw-unlock"; readonly writes: boolean }
  | { readonly do: "rw-destroy" }
  | { readonly do: "wait"; readonly lock: LockName | null; readonly how: How }
  | { readonly do: "relock"; readonly lock: LockName }
  | { readonly do: "note-wait" }
  | { readonly do: "add-entry" }
  | { readonly do: "wait-entry"; readonly how: How }
  | { readonly do: "notify"; readonly all: boolean; readonly status: string; readonly silent: boolean }
  | { readonly do: "acquire"; readonly count: number; readonly how: How }
  | { readonly do: "release"; readonly count: number }
  | { readonly do: "release-all" }
  | { readonly do: "count" }
  | { readonly do: "delete" }
  | {
      readonly do: "atomic";
      readonly on: number;
      readonly act: "get" | "set" | "add" | "test-and-set";
      readonly value: number;
    }
  | { readonly do: "get" | "increment" | "copy"; readonly on: number }
  | { readonly do: "set" | "assert"; readonly on: number; readonly value: number }
  | { readonly do: "jump-unless-cell"; readonly on: number; readonly value: number; readonly to: number }
  | { readonly do: "jump-unless-last"; readonly value: number; readonly to: number }
  | { readonly do: "jump"; readonly to: number }
  | { readonly do: "choose"; readonly count: number }
  | { readonly do: "spawn"; readonly code: number; readonly suspended: boolean }
  | { readonly do: "resume" | "join" | "signal"; readonly whom: number | "child" | "extra" }
  | { readonly do: "say"; readonly text: string }
  | { readonly do: "nothing" | "exit" };

/** How a lock is asked for. */
export type Ask = "wait" | "try" | "at once" | "for a while";

/** Lists of instructions; the first ones are the program's threads. */
export type Code = readonly (readonly Instruction[])[];

/** What the machine has no model of. */
const UNKNOWN: ReadonlySet<OpName> = new Set<OpName>([
  "get-field",
  "set-field",
  "time",
  "spin",
  "try-spin",
  "interrupts-off",
  "cookie-lock",
  "cookie-get",
  "cookie-set",
  "cookie-wait",
  "cookie-notify",
  "cookie-free",
  "cookie-destroy",
  "node-new",
  "node-get",
  "node-free",
]);

/** Whether the machine knows this operation. */
export function isModelled(name: OpName): boolean {
  return !UNKNOWN.has(name);
}

/** The code of all threads, of those they spawn, and last that of the suspended thread `extra`. */
export function compile(program: Program): Code {
  const compiler = new Compiler();
  program.threads.forEach(() => compiler.lists.push([]));
  program.threads.forEach((ops, place) => compiler.compile(ops, compiler.lists[place] ?? []));
  compiler.lists.push([{ do: "increment", on: 0 }]);
  return compiler.lists;
}

/** Operations, or what compiles them. */
type Body = readonly Op[] | (() => void);

class Compiler {
  readonly lists: Instruction[][] = [];

  compile(ops: readonly Op[], list: Instruction[]): void {
    for (const op of ops) this.#compile({ on: 0, value: 0, how: "plain", body: [], ...op }, list);
  }

  #compile(op: Required<Op>, list: Instruction[]): void {
    const odd = op.value % 2 === 1;
    switch (op.name) {
      case "lock":
        return this.#section(list, mutexOf(op), "wait", op.body);
      case "trylock":
        return this.#section(list, mutexOf(op), "try", op.body);
      case "timed-lock":
        return this.#section(list, mutexOf(op), askOf(op.how), op.body);
      case "recursive":
        return this.#section(list, "r", "wait", op.body);
      case "try-recursive":
        return this.#section(list, "r", "try", op.body);
      case "switch-lock": {
        const [from, lock] = [mutexOf(op), mutexOf({ ...op, on: op.on + 1 })];
        list.push({ do: "lock", lock: from, ask: "wait", otherwise: list.length + 1 });
        return this.#within(
          list,
          (otherwise) => ({ do: "switch", from, lock, otherwise }),
          [{ do: "unlock", lock }],
          op.body,
        );
      }
      case "unlock":
        return void list.push({ do: "unlock", lock: mutexOf(op) });
      case "transfer-lock":
        list.push({ do: "lock", lock: mutexOf(op), ask: "wait", otherwise: list.length + 2 });
        return void list.push({ do: "transfer", lock: mutexOf(op), to: op.value % 2 });
      case "destroy-mutex":
        return void list.push({ do: "destroy", lock: mutexOf(op) });
      case "destroy-recursive":
        return void list.push({ do: "destroy", lock: "r" });
      case "is-held":
        return void list.push({ do: "is-held", lock: mutexOf(op) });
      case "read":
      case "write":
        return this.#readWrite(op.name === "write", list, op.body);
      case "destroy-rw":
        return void list.push({ do: "rw-destroy" });
      case "acquire":
        return void list.push({ do: "acquire", count: 1 + (op.value % 2), how: op.how });
      case "release":
        return void list.push({ do: "release", count: 1 + (op.value % 2) });
      case "release-all":
        return void list.push({ do: "release-all" });
      case "count-semaphore":
        return void list.push({ do: "count" });
      case "delete-semaphore":
        return void list.push({ do: "delete" });
      case "add-entry":
        return void list.push({ do: "add-entry" });
      case "wait-entry":
        return void list.push({ do: "wait-entry", how: op.how });
      case "notify-one":
        return void list.push({ do: "notify", all: false, status: "B_OK", silent: false });
      case "notify-all":
        return void list.push({ do: "notify", all: true, status: odd ? "B_ERROR" : "B_OK", silent: false });
      case "unpublish":
        return void list.push({ do: "notify", all: true, status: "B_ENTRY_NOT_FOUND", silent: true });
      default:
        return this.#compileWait(op, list);
    }
  }

  #compileWait(op: Required<Op>, list: Instruction[]): void {
    const locked = (lock: LockName, how: How): void => {
      list.push({ do: "wait", lock, how }, { do: "relock", lock }, { do: "note-wait" });
    };
    switch (op.name) {
      case "wait":
        return this.#section(list, "m0", "wait", () => locked("m0", op.how));
      case "wait-bare":
        return void list.push({ do: "wait", lock: null, how: op.how }, { do: "note-wait" });
      case "wait-held":
        return locked("m0", op.how);
      case "wait-recursive":
        list.push({ do: "lock", lock: "r", ask: "wait", otherwise: null });
        list.push({ do: "lock", lock: "r", ask: "wait", otherwise: null });
        locked("r", op.how);
        return void list.push({ do: "recursion" }, { do: "unlock", lock: "r" }, { do: "unlock", lock: "r" });
      case "wait-while":
        return this.#section(list, "m0", "wait", () => {
          const test = list.length;
          list.push({ do: "jump-unless-cell", on: 0, value: 0, to: test + 5 });
          locked("m0", "plain");
          list.push({ do: "jump", to: test });
        });
      case "set-and-notify":
        return this.#section(list, "m0", "wait", () => {
          list.push({ do: "set", on: 0, value: 1 }, { do: "notify", all: false, status: "B_OK", silent: false });
        });
      default:
        return this.#compileData(op, list);
    }
  }

  #compileData(op: Required<Op>, list: Instruction[]): void {
    const on = op.on % 2;
    switch (op.name) {
      case "atomic-get":
        return void list.push({ do: "atomic", on, act: "get", value: 0 });
      case "atomic-set":
        return void list.push({ do: "atomic", on, act: "set", value: op.value });
      case "atomic-add":
        return void list.push({ do: "atomic", on, act: "add", value: 1 });
      case "test-and-set":
        return void list.push({ do: "atomic", on, act: "test-and-set", value: op.value });
      case "get":
      case "increment":
      case "copy":
        return void list.push({ do: op.name, on });
      case "set":
      case "assert":
        return void list.push({ do: op.name, on, value: op.value });
      case "if-cell":
        return this.#within(list, (to) => ({ do: "jump-unless-cell", on, value: op.value, to }), [], op.body);
      case "if-last":
        return this.#within(list, (to) => ({ do: "jump-unless-last", value: op.value, to }), [], op.body);
      case "choose":
        return void list.push({ do: "choose", count: 2 + (op.value % 2) });
      case "poll":
        return this.#poll(on, list);
      default:
        return this.#compileThread(op, list);
    }
  }

  #compileThread(op: Required<Op>, list: Instruction[]): void {
    switch (op.name) {
      case "spawn":
      case "spawn-suspended": {
        const body: Instruction[] = [];
        this.lists.push(body);
        list.push({ do: "spawn", code: this.lists.length - 1, suspended: op.name === "spawn-suspended" });
        return this.compile(op.body, body);
      }
      case "resume-child":
        return void list.push({ do: "resume", whom: "child" });
      case "join-child":
        return void list.push({ do: "join", whom: "child" });
      case "signal-child":
        return void list.push({ do: "signal", whom: "child" });
      case "join":
        return void list.push({ do: "join", whom: op.on % 2 });
      case "signal":
        return void list.push({ do: "signal", whom: op.on % 2 });
      case "resume-extra":
        return void list.push({ do: "resume", whom: "extra" });
      case "join-extra":
        return void list.push({ do: "join", whom: "extra" });
      case "signal-extra":
        return void list.push({ do: "signal", whom: "extra" });
      case "exit":
        return void list.push({ do: "exit" });
      case "snooze":
      case "yield":
        return void list.push({ do: "nothing" });
      default:
        throw new Error(`the machine has no model of ${op.name}`);
    }
  }

  /** Lock, body, unlock; without the lock on to what follows. */
  #section(list: Instruction[], lock: LockName, ask: Ask, body: Body): void {
    this.#within(list, (otherwise) => ({ do: "lock", lock, ask, otherwise }), [{ do: "unlock", lock }], body);
  }

  #readWrite(writes: boolean, list: Instruction[], body: Body): void {
    this.#within(list, (otherwise) => ({ do: "rw-lock", writes, otherwise }), [{ do: "rw-unlock", writes }], body);
  }

  /** An instruction that may jump over what follows it: the body, then `end`. */
  #within(list: Instruction[], begin: (to: number) => Instruction, end: readonly Instruction[], body: Body): void {
    const place = list.push({ do: "nothing" }) - 1;
    if (typeof body === "function") body();
    else this.compile(body, list);
    list.push(...end);
    list[place] = begin(list.length);
  }

  #poll(on: number, list: Instruction[]): void {
    const end = list.length + 6;
    for (let i = 0; i < 3; i++)
      list.push({ do: "jump-unless-cell", on, value: 0, to: end }, { do: "say", text: "polled" });
  }
}

function mutexOf(op: Required<Op>): LockName {
  return op.on % 2 === 0 ? "m0" : "m1";
}

function askOf(how: How): Ask {
  if (how === "plain") return "wait";
  return how === "zero" ? "at once" : "for a while";
}
