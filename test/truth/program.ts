// Small concurrent programs as plain data, and how they are printed. Nothing here knows the kernel: the same
// program is run on the simulated kernel (on-kernel/) and on the abstract machine (model/).
//
// Each thread has a log, in which its operations write what they were given, and a register `last`, which holds the
// value read or returned last. `on` says which of two objects of a kind is meant, `how` how a wait may end.

/** How a wait may end, beside what it waits for. */
export type How = "plain" | "timed" | "zero" | "interruptible";

/** What an operation is told. */
interface Operands {
  /** Which of two objects, or which thread. */
  readonly on: number;
  readonly value: number;
  readonly how: How;
}

/** One operation; `body` is a critical section, a branch or a child thread. */
export interface Op extends Partial<Operands> {
  readonly name: OpName;
  readonly body?: readonly Op[];
}

/** What every thread of the program does, and how many units its semaphore has at first. */
export interface Program {
  readonly units: number;
  readonly threads: readonly (readonly Op[])[];
}

type Words = (op: Operands) => string;
const mutex: Words = (op) => `m${op.on % 2}`;
const cell: Words = (op) => "xy"[op.on % 2] ?? "x";
const other: Words = (op) => `t${(op.on % 2) + 1}`;

/** Every operation, as a listing prints it. */
const WORDS = {
  // Sleeping locks.
  lock: (op) => `lock ${mutex(op)}`,
  trylock: (op) => `trylock ${mutex(op)}`,
  "timed-lock": (op) => `lock ${mutex(op)} (${op.how})`,
  unlock: (op) => `unlock ${mutex(op)}, held or not`,
  "switch-lock": (op) => `lock ${mutex(op)}; switch to m${(op.on + 1) % 2}`,
  "transfer-lock": (op) => `lock ${mutex(op)}; transfer it to ${op.value % 2 === 0 ? "t1" : "t2"}`,
  "destroy-mutex": (op) => `destroy ${mutex(op)}`,
  "is-held": (op) => `log whether ${mutex(op)} is held`,
  recursive: () => "lock r",
  "try-recursive": () => "trylock r",
  "destroy-recursive": () => "destroy r",
  read: () => "read lock rw",
  write: () => "write lock rw",
  "destroy-rw": () => "destroy rw",
  // Condition variables.
  wait: (op) => `lock m0; wait on cv (${op.how}); unlock m0`,
  "wait-bare": (op) => `wait on cv without a lock (${op.how})`,
  "wait-held": (op) => `wait on cv, m0 held or not (${op.how})`,
  "wait-recursive": (op) => `lock r twice; wait on cv (${op.how}); unlock r twice`,
  "wait-while": () => "lock m0; while x is 0 wait on cv; unlock m0",
  "set-and-notify": () => "lock m0; x = 1; notify one of cv; unlock m0",
  "add-entry": () => "add an entry to cv",
  "wait-entry": (op) => `wait for the entry (${op.how})`,
  "notify-one": () => "notify one of cv",
  "notify-all": (op) => `notify all of cv (${op.value % 2 === 0 ? "B_OK" : "B_ERROR"})`,
  unpublish: () => "unpublish cv",
  // Semaphore s.
  acquire: (op) => `acquire ${1 + (op.value % 2)} of s (${op.how})`,
  release: (op) => `release ${1 + (op.value % 2)} of s`,
  "release-all": (op) => `release all of s (${op.value % 2 === 0 ? "B_OK" : "B_ERROR"})`,
  "count-semaphore": () => "log the count of s",
  "delete-semaphore": () => "delete s",
  // Atomics a and b.
  "atomic-get": (op) => `log atomic ${"ab"[op.on % 2]}`,
  "atomic-set": (op) => `atomic ${"ab"[op.on % 2]} = ${op.value}`,
  "atomic-add": (op) => `log atomic ${"ab"[op.on % 2]}++`,
  "test-and-set": (op) => `log atomic ${"ab"[op.on % 2]}, set to ${op.value} if 0`,
  // Plain cells x and y, fields of a box: nobody protects them.
  get: (op) => `log ${cell(op)}`,
  set: (op) => `${cell(op)} = ${op.value}`,
  increment: (op) => `${cell(op)}++`,
  copy: (op) => `${cell({ ...op, on: op.on + 1 })} = ${cell(op)}`,
  "get-field": (op) => `log box.${cell(op)}`,
  "set-field": (op) => `box.${cell(op)} = ${op.value}`,
  "if-cell": (op) => `if ${cell(op)} is ${op.value}:`,
  "if-last": (op) => `if the last value was ${op.value}:`,
  assert: (op) => `assert ${cell(op)} is not ${op.value}`,
  choose: (op) => `log a choice of ${2 + (op.value % 2)}`,
  // Threads.
  spawn: () => "spawn",
  "spawn-suspended": () => "spawn, suspended,",
  "resume-child": () => "resume the last child",
  "join-child": () => "join the last child",
  join: (op) => `join ${other(op)}`,
  signal: (op) => `signal ${other(op)}`,
  "signal-child": () => "signal the last child",
  "resume-extra": () => "resume extra",
  "join-extra": () => "join extra",
  "signal-extra": () => "signal extra",
  exit: () => "exit",
  snooze: (op) => `snooze ${10 * (1 + (op.value % 2))}`,
  yield: () => "yield",
  time: () => "log the time",
  poll: (op) => `three times at most, while ${cell(op)} is 0: snooze`,
  // The heap.
  "cookie-lock": () => "lock cookie.lock",
  "cookie-get": () => "log cookie.x",
  "cookie-set": (op) => `cookie.x = ${op.value}`,
  "cookie-wait": (op) => `lock cookie.lock; wait on cookie.ready (${op.how}); unlock cookie.lock`,
  "cookie-notify": () => "notify all of cookie.ready",
  "cookie-free": () => "free cookie",
  "cookie-destroy": () => "destroy cookie.lock",
  "node-new": (op) => `slot = a new node with x = ${op.value}`,
  "node-get": () => "log slot.x, if there is a node",
  "node-free": () => "if there is a node: free it, slot = null",
  // Interrupts and spinlocks.
  spin: () => "interrupts off, acquire spinlock",
  "try-spin": () => "interrupts off, try spinlock",
  "interrupts-off": () => "interrupts off",
} satisfies Record<string, Words>;

export type OpName = keyof typeof WORDS;

/** The program as a listing, one operation a line. */
export function listing(program: Program): string {
  const needsUnits = /of s/.test(JSON.stringify(program.threads.map(lines)));
  const units = needsUnits ? [`semaphore s has ${program.units}`] : [];
  return [...units, ...program.threads.flatMap((ops, place) => [`thread t${place + 1}:`, ...indent(lines(ops))])].join(
    "\n",
  );
}

/** All operations of the program, those in bodies too. */
export function operations(ops: readonly Op[]): Op[] {
  return ops.flatMap((op) => [op, ...operations(op.body ?? [])]);
}

function lines(ops: readonly Op[]): string[] {
  return ops.flatMap((op) => {
    const complete = { on: 0, value: 0, how: "plain", body: [], ...op } as const;
    return [(WORDS[op.name] as Words)(complete), ...indent(lines(complete.body))];
  });
}

const indent = (texts: readonly string[]): string[] => texts.map((text) => `  ${text}`);
