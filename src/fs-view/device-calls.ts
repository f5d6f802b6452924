// How ordinary code gets into the simulation: every call on a device is a thread of the team "fs view".
//
// The thread is spawned when the call is made, and the simulation runs until nobody can go on. Time passes only
// while the call itself waits for it: a read that takes a virtual second is over at once. What can then end only by
// another call is left where it is, and ends when that call is made: threads of the view are daemons, so a
// pending promise is no deadlock. A synchronous call cannot wait for another one; it is taken back (its thread
// killed, as by SIGKILL) and throws EDEADLK. It is not EAGAIN, which is what a non-blocking descriptor says: a
// loop that tries again would never end. A driver that waits without letting signals in keeps such a thread for
// ever.
//
// Order is call order, under Haiku's scheduler without choices: what happens here is not explored.

import { UsageError } from "#base/assert";
import { B_IO_ERROR, EDEADLK } from "#base/status";
import { Call } from "#fs-view/call";
import { statusError } from "#fs-view/errors";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import { UserTeam } from "#vfs/user-team";

/** How often time may go on to the next timer in one call; whoever else has timers would keep it going for ever. */
const WAKES_MOST = 1_000;

/** A call that has not ended. */
interface Pending {
  readonly thread: Thread;
  readonly call: Call<unknown>;
  readonly syscall: string;
  readonly path: string | undefined;
}

export class DeviceCalls {
  readonly team: UserTeam;
  readonly #kernel: Kernel;
  readonly #simulation: Simulation;
  readonly #scheduler: HaikuScheduler;
  #pending: Pending[] = [];

  constructor(kernel: Kernel) {
    const { simulation } = kernel;
    if (!(simulation.scheduler instanceof HaikuScheduler)) {
      throw new UsageError("the fs view needs a simulation in measured time: use bootForFs, or a HaikuScheduler");
    }
    this.#kernel = kernel;
    this.#simulation = simulation;
    this.#scheduler = simulation.scheduler;
    this.team = new UserTeam(kernel, "fs view");
    // The main thread, which never runs: a team without threads would close what it has open.
    kernel.spawnSuspended("fs view", function* () {}, { team: this.team, daemon: true });
  }

  /** Begins a call: `body` runs in a thread of its own, and `finish` makes of its result what the caller gets. */
  start<Result, Value>(
    syscall: string,
    path: string | undefined,
    body: (team: UserTeam) => Steps<Result>,
    finish: (result: Result) => Value,
  ): Call<Value> {
    const { team } = this;
    this.#refuseInside(syscall);
    if (this.#simulation.closed) return Call.failed(this.#ended(syscall, path));
    const call = new Call<Value>(() => this.#takeBack(thread, syscall, path));
    const thread = team.spawn(
      syscall,
      function* () {
        const result = yield* body(team);
        call.settle(() => finish(result));
      },
      { daemon: true },
    );
    this.#pending.push({ thread, call, syscall, path });
    this.#run(() => !call.isDone);
    return call;
  }

  #run(isWaiting: () => boolean): void {
    const simulation = this.#simulation;
    let wakes = 0;
    // The limit on steps is for one call, not for all that were ever made.
    simulation.setupSteps = simulation.steps;
    this.#scheduler.timeMayPass = () => isWaiting() && ++wakes <= WAKES_MOST;
    try {
      simulation.run();
    } finally {
      this.#scheduler.timeMayPass = () => true;
      this.#tidyUp();
    }
  }

  // Dead threads are forgotten: a view may make any number of calls, a simulation has a limited number of threads.
  #tidyUp(): void {
    const { threads, closed } = this.#simulation;
    for (const { thread, call, syscall, path } of this.#pending) {
      if (closed) call.fail(this.#ended(syscall, path));
      if (thread.state === ThreadState.dead) threads.splice(threads.lastIndexOf(thread), 1);
    }
    this.#pending = this.#pending.filter(({ thread }) => !closed && thread.state !== ThreadState.dead);
  }

  // Kills the thread, so that it does not take what a later call is to get.
  #takeBack(thread: Thread, syscall: string, path: string | undefined): Error {
    const { team } = this;
    const killer = team.spawn("give up", function* () {
      yield* team.kill(thread);
    });
    this.#pending.push({ thread: killer, call: new Call(), syscall, path });
    this.#run(() => false);
    return statusError(EDEADLK, syscall, path);
  }

  #refuseInside(syscall: string): void {
    if (this.#simulation.current === null) return;
    const { name } = this.#simulation.current;
    throw new UsageError(
      `${syscall} of the fs view was called by the simulated thread "${name}": use its team's calls`,
    );
  }

  #ended(syscall: string, path: string | undefined): Error {
    const { kind, message } = this.#simulation.outcome;
    const error = statusError(B_IO_ERROR, syscall, path);
    error.message += ` (host "${this.#kernel.name}" has ended: ${kind}${message === "" ? "" : `, ${message}`})`;
    return error;
  }
}
