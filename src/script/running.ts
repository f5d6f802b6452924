// A script in one execution: its teams and what its names stand for; and one of its threads.
//
// Invariant: whatever a thread of the explored part can change and another can see lies in a Shared. Teams and these cells are made
// by the set-up, or, where there is none, by the thread "main" before its first step.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { Thread } from "#kernel/thread";
import type { ParameterValues, ScenarioContext } from "#scenario/types";
import { keyOf, type Kept, type NameKind } from "#script/names";
import { isKernelTeam, parseTeamName } from "#script/teams";
import { shared, type Shared } from "#sync/shared";
import type { UserTeam } from "#vfs/user-team";

/** One step of a script, ready to be carried out: gives a status, a number of bytes ... */
export type Act = (running: Running) => Steps<number>;

/** Acts that one thread may carry out: loops without an operation in them must end. */
const ACTS_MOST = 1_000_000;
/** Threads of one execution. */
const THREADS_MOST = 1_000;

/** What follows from the text alone. */
export interface Plan {
  /** How each name is kept, by its key. */
  readonly kept: ReadonlyMap<string, Kept>;
  /** The teams, in the order of the text. */
  readonly teams: readonly string[];
}

export class ScriptExecution {
  readonly context: ScenarioContext;
  readonly #plan: Plan;
  readonly #teams = new Map<string, UserTeam>();
  readonly #fixed = new Map<string, unknown>();
  readonly #cells = new Map<string, Shared<unknown>>();
  #isExplored = false;

  /** Made by the thread that runs the set-up, or else by "main". */
  constructor(context: ScenarioContext, plan: Plan) {
    this.context = context;
    this.#plan = plan;
    for (const [key, kept] of plan.kept) {
      if (kept === "shared") this.#cells.set(key, shared<unknown>(context.kernel, undefined, nameIn(key)));
    }
  }

  /** From now on no team is made. */
  begin(): void {
    for (const key of this.#plan.teams) this.team(key);
    this.#isExplored = true;
  }

  /** @throws Error when it would come into being only now: a bug of the plan */
  team(key: string): UserTeam {
    const found = this.#teams.get(key);
    if (found !== undefined) return found;
    if (this.#isExplored) throw new Error(`the team "${key}" was not made by the set-up`);
    const { host, name } = parseTeamName(key);
    const made = (host === undefined ? this.context.host : this.context.world.host(host)).team(name);
    this.#teams.set(key, made);
    return made;
  }

  kernelOf(key: string): Kernel {
    const { host } = parseTeamName(key);
    return host === undefined ? this.context.kernel : this.context.world.host(host).kernel;
  }

  get(key: string): unknown {
    const cell = this.#cells.get(key);
    return cell === undefined ? this.#fixed.get(key) : cell.value;
  }

  set(key: string, value: unknown): void {
    const cell = this.#cells.get(key);
    if (cell === undefined) this.#fixed.set(key, value);
    else cell.value = value;
  }

  isLocal(key: string): boolean {
    return this.#plan.kept.get(key) === "local";
  }
}

function nameIn(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}

/** A thread that carries out steps. */
export class Running {
  readonly execution: ScriptExecution;
  /** Null in the set-up and in "main", where each step names its own. */
  readonly team: UserTeam | null;
  readonly kernel: Kernel;
  readonly #locals: Map<string, unknown>;
  #acts = 0;

  /** @param starter whose names it has, with the values of now */
  constructor(execution: ScriptExecution, team: UserTeam | null, kernel: Kernel, starter: Running | null = null) {
    this.#locals = new Map(starter === null ? [] : starter.#locals);
    this.execution = execution;
    this.team = team;
    this.kernel = kernel;
  }

  get parameters(): ParameterValues {
    return this.execution.context.parameters;
  }

  /** The team of a step that names `key`; null: the thread's own. */
  teamFor(key: string | null): UserTeam {
    if (key !== null) return this.execution.team(key);
    if (this.team === null) throw new Error("a kernel thread makes no calls");
    return this.team;
  }

  /** @throws Error when no step has given it yet: the finding says so */
  get(kind: NameKind, name: string): unknown {
    const key = keyOf(kind, name);
    const value = this.execution.isLocal(key) ? this.#locals.get(key) : this.execution.get(key);
    if (value === undefined) throw new Error(`"${name}" has not been given yet`);
    return value;
  }

  set(kind: NameKind, name: string, value: unknown): void {
    const key = keyOf(kind, name);
    if (this.execution.isLocal(key)) this.#locals.set(key, value);
    else this.execution.set(key, value);
  }

  /** A descriptor or another number. */
  number(name: string): number {
    return this.get("number", name) as number;
  }

  thread(name: string): Thread {
    return this.get("thread", name) as Thread;
  }

  *perform(acts: readonly Act[]): Steps<number> {
    let last = 0;
    for (const act of acts) {
      if (++this.#acts > ACTS_MOST) throw new Error(`a thread of a script takes at most ${ACTS_MOST} steps`);
      last = yield* act(this);
    }
    return last;
  }

  /** Gives the body of a new thread. @param team null for a kernel thread */
  bodyOf(acts: readonly Act[], team: UserTeam | null, key: string | null): () => Steps<number> {
    if (this.kernel.simulation.threads.length >= THREADS_MOST)
      throw new Error(`a script has at most ${THREADS_MOST} threads`);
    const kernel = team?.kernel ?? (key !== null && isKernelTeam(key) ? this.execution.kernelOf(key) : this.kernel);
    const running = new Running(this.execution, team, kernel, this);
    return () => running.perform(acts);
  }
}
