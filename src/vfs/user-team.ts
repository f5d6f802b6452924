// A user team: threads that come into the kernel by syscalls, and one descriptor table for all of them.
//
// A syscall enters the kernel, is carried out on the team's table by whichever thread calls, and returns. A result
// of B_INTERRUPTED with no signal pending means: again from the start, the descriptor looked up anew (facts:
// haiku.md, section 3). Signals are delivered where a thread goes back to user space, or was there when they
// came: one that kills ends the thread, any other is taken and, if it cut the call short, the caller sees
// B_INTERRUPTED. The last thread to end closes what is open.
// Not modelled: handlers, masks, SA_RESTART, a signal to the whole team. The end of a thread belongs to the step of
// its last operation, so which of two threads is the last is varied as far as those operations can be swapped.

import { UsageError } from "#base/assert";
import { shown } from "#base/shown";
import { B_INTERRUPTED, B_OK, statusName, strerror, type Status } from "#base/status";
import { unlocksFirst } from "#kernel/access-point";
import type { Kernel } from "#kernel/kernel";
import { OperationKind, type Operation, type Steps } from "#kernel/operation";
import { Team } from "#kernel/team";
import { SIGKILL, type Thread, type ThreadOptions } from "#kernel/thread";
import { ContendedCells } from "#vfs/contended-cells";
import type { FileCalls, PollDescriptor, SelectSets } from "#vfs/file-calls";
import { filesOf } from "#vfs/files";
import { IoContext } from "#vfs/io-context";
import type { FileStatus } from "#vfs/open-file";
import { PlainTransfer, type Caller } from "#vfs/plain-transfer";

/** What fork gives: the new team, and its first thread. */
export interface Forked {
  readonly team: UserTeam;
  readonly thread: Thread;
}

export class UserTeam extends Team implements FileCalls {
  readonly #context: IoContext;
  readonly #members: Members;
  /** Where all is plain: what reads and writes need of this team. */
  readonly #plain: Caller | null;

  constructor(kernel: Kernel, name: string) {
    super(kernel, name);
    this.#context = new IoContext(kernel, filesOf(kernel), name);
    this.#members = new Members(kernel, name);
    this.ioContext = this.#context;
    this.#plain = kernel.simulation.isPlain ? this.#asCaller() : null;
  }

  /** Starts a thread of this team. */
  spawn<T>(name: string, body: () => Steps<T>, options: ThreadOptions = {}): Thread {
    this.#members.change();
    return this.kernel.spawn(name, body, { ...options, team: this });
  }

  /** A new team that shares every descriptor with this one; `body` runs in its first thread, called `name`. */
  fork<T>(name: string, body: (team: UserTeam) => Steps<T>, options: ThreadOptions = {}): Forked {
    const team = new UserTeam(this.kernel, name);
    this.#context.table.copyTo(team.#context.table);
    return { team, thread: team.spawn(name, () => body(team), options) };
  }

  /** send_signal: SIGKILL ends that thread, as soon as it is in user space; others interrupt its waits. */
  kill(thread: Thread, signal: number = SIGKILL): Operation<Status> {
    this.kernel.simulation.mark(thread);
    return this.kernel.sendSignal(thread, signal);
  }

  /** Writes a line on the team's standard output, which the trace shows. */
  print(text: string): void {
    this.kernel.dprintf(text);
  }

  /** @throws UsageError without a path */
  *open(path: string, flags: number): Steps<number> {
    if (typeof path !== "string") throw new UsageError(`open() takes a path and flags; the path is ${shown(path)}`);
    return yield* this.syscall(`open(${JSON.stringify(path)})`, path.length, () => this.#context.open(path, flags));
  }

  /**
   * `open`, where nothing but a descriptor will do: a program that goes on with a negative status as its descriptor only
   * gets B_FILE_ERROR.
   * @throws Error with the path and what `open` gave
   */
  *openOrThrow(path: string, flags: number): Steps<number> {
    const descriptor = yield* this.open(path, flags);
    if (descriptor >= 0) return descriptor;
    throw new Error(`open(${JSON.stringify(path)}) gave ${statusName(descriptor)}: ${strerror(descriptor)}`);
  }

  *close(fd: number): Steps<Status> {
    return yield* this.syscall(`close(${fd})`, 0, () => this.#context.close(fd));
  }

  read(fd: number, buffer: Uint8Array): Steps<number> {
    return this.#plain === null ? this.#transfer("read", fd, buffer) : plainly(this.#plain, "read", fd, buffer);
  }

  write(fd: number, bytes: Uint8Array): Steps<number> {
    return this.#plain === null ? this.#transfer("write", fd, bytes) : plainly(this.#plain, "write", fd, bytes);
  }

  #asCaller(): Caller {
    return {
      kernel: this.kernel,
      context: this.#context,
      enter: (call, bytes) => this.#enter(call, bytes),
      copied: (bytes) => this.copied(bytes),
      transfer: (call, fd, bytes, begun) => this.#transfer(call, fd, bytes, begun),
    };
  }

  // What `syscall` does, without its closures: each packet comes by here twice. `begun` is the call, if it is under way.
  *#transfer(
    call: "read" | "write",
    fd: number,
    bytes: Uint8Array,
    begun: Operation<number> | null = null,
  ): Steps<number> {
    const context = this.#context;
    const name = this.#named(call, fd);
    if (begun === null) {
      if (this.#mayBeSignalled()) yield* this.#deliverSignals();
      this.#enter(name, call === "write" ? bytes.length : 0);
    }
    let count = yield* begun ?? (call === "read" ? context.read(fd, bytes) : context.write(fd, bytes));
    while (count === B_INTERRUPTED && !this.#isSignalled()) {
      yield* this.kernel.snooze(0);
      count = yield* call === "read" ? context.read(fd, bytes) : context.write(fd, bytes);
    }
    this.kernel.simulation.recorder?.leave(name, count);
    if (this.#mayBeSignalled()) yield* this.#deliverSignals();
    if (call === "read" && count > 0) this.copied(count);
    return count;
  }

  *ioctl(fd: number, operation: number, argument?: unknown): Steps<Status> {
    return yield* this.syscall(`ioctl(${fd})`, 0, () => this.#context.ioctl(fd, operation, argument));
  }

  *dup(fd: number): Steps<number> {
    return yield* this.syscall(`dup(${fd})`, 0, () => this.#context.dup(fd));
  }

  *fcntl(fd: number, operation: number, argument?: number): Steps<number> {
    return yield* this.syscall(`fcntl(${fd})`, 0, () => this.#context.fcntl(fd, operation, argument));
  }

  *select(sets: SelectSets, timeoutUs?: number): Steps<number> {
    return yield* this.syscall("select", 0, () => this.#context.select(sets, timeoutUs));
  }

  *poll(descriptors: readonly PollDescriptor[], timeoutUs?: number): Steps<number> {
    return yield* this.syscall("poll", 0, () => this.#context.poll(descriptors, timeoutUs));
  }

  /** What is there under this path; a name on demand is not created. */
  *stat(path: string): Steps<FileStatus | Status> {
    return yield* this.syscall(`stat(${JSON.stringify(path)})`, path.length, () => this.#context.stat(path));
  }

  /** The names in a directory, in alphabetical order; names on demand are not among them. */
  *readDirectory(path: string): Steps<readonly string[] | Status> {
    const name = `readdir(${JSON.stringify(path)})`;
    return yield* this.syscall(name, path.length, () => this.#context.readDirectory(path));
  }

  override threadLeaves(thread: Thread): Steps<void> | null {
    this.#members.change();
    return super.threadLeaves(thread);
  }

  override leave(): Steps<void> | null {
    return this.#context.table.used.length === 0 ? null : this.#context.closeAll();
  }

  /**
   * A call into the kernel: `call` is carried out on the team's table, and again if it was interrupted without a
   * signal. Layers above the files (sockets) make their own with it. `bytes` are copied on the way in.
   */
  *syscall<T>(name: string, bytes: number, call: (context: IoContext) => Steps<T>): Steps<T> {
    const { kernel } = this;
    if (this.#mayBeSignalled()) yield* this.#deliverSignals();
    this.#enter(name, bytes);
    let result = yield* call(this.#context);
    while (result === B_INTERRUPTED && !this.#isSignalled()) {
      // Out of the kernel and in again. A call that is always interrupted changes nothing, like a sleeper that
      // polls, and ends as such.
      yield* kernel.snooze(0);
      result = yield* call(this.#context);
    }
    kernel.simulation.recorder?.leave(name, typeof result === "number" ? result : B_OK);
    if (this.#mayBeSignalled()) yield* this.#deliverSignals();
    return result;
  }

  // Into the kernel, with so many bytes.
  #enter(name: string, bytes: number): void {
    const { simulation, costs } = this.kernel;
    simulation.recorder?.enter(name);
    simulation.scheduler.charge(costs.syscall);
    if (bytes > 0) this.copied(bytes);
  }

  // Whether going back to user space is more than that.
  #mayBeSignalled(): boolean {
    const { simulation } = this.kernel;
    const thread = simulation.current;
    return thread === null || simulation.closed || simulation.isMarked(thread) || this.#isSignalled();
  }

  // The thread goes back to user space, or has been there: signals take effect.
  *#deliverSignals(): Steps<void> {
    const { simulation } = this.kernel;
    const thread = simulation.current;
    if (thread === null || simulation.closed) return yield* this.#stop();
    if (simulation.isMarked(thread)) yield* this.#members.signalPoint();
    if (!this.#isSignalled()) return;
    simulation.mark(thread);
    if (thread.killed) yield* this.kernel.exitThread(B_INTERRUPTED);
    simulation.footprint.write(thread.number);
    thread.signals = 0;
  }

  // After a panic nothing goes on; outside a thread this throws the error that says so.
  #stop(): Operation<never> {
    return this.kernel.simulation.operate(OperationKind.point, this.#members);
  }

  #isSignalled(): boolean {
    const { simulation } = this.kernel;
    const thread = simulation.current;
    if (thread === null) return false;
    unlocksFirst(thread);
    simulation.footprint.read(thread.number);
    return thread.signals !== 0;
  }

  // A call as a trace names it; without a trace nobody asks.
  #named(call: string, fd: number): string {
    return this.kernel.simulation.recorder === null ? call : `${call}(${fd})`;
  }

  /** The program computes: so many nanoseconds of user time. */
  compute(nanoseconds: number): void {
    this.kernel.simulation.scheduler.charge(nanoseconds);
  }

  /** So many bytes went between the kernel and the program. */
  copied(bytes: number): void {
    const { kernel } = this;
    kernel.simulation.scheduler.charge(bytes * kernel.costs.copyPerByte);
  }
}

// Who runs it, and who awaits it, asks for nothing that only a generator has.
function plainly(caller: Caller, call: "read" | "write", fd: number, bytes: Uint8Array): Steps<number> {
  return new PlainTransfer(caller, call, fd, bytes) as Iterable<undefined, number> as Steps<number>;
}

/** Who belongs to a team: which thread is the last depends on the order in which they come and go. */
class Members extends ContendedCells {
  constructor(kernel: Kernel, name: string) {
    super(kernel, "team", name, 1);
  }

  change(): void {
    this.counts(0);
  }

  /** The point at which a thread that is sent signals looks for them. */
  signalPoint(): Operation<Status> {
    return this.point(0);
  }
}
