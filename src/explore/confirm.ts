// Whether a program does the same again when it is given the same choices: all that exploring claims rests on that.
//
// A program that does not is told so, with the first difference. Looked at are: the first schedule, twice before anything
// is explored; executions 2, 4, 8, 16 ... and every finding, twice each; and the first
// schedule once more before a search is called exhausted. Something that is kept from one execution to the next shows
// in the first of them as a rule, and costs a long search nothing.

import { InputError } from "#base/assert";
import { accountOf, type Account } from "#explore/account";
import { choicesDiffer, firstDifference, outcomesDiffer } from "#explore/difference";
import type { Execution, ExecutionOptions, Program } from "#explore/execution";
import type { ExploredFinding } from "#explore/explorer";
import { checkUse } from "#explore/misuse";
import type { Strategy } from "#explore/strategy";
import type { Simulation } from "#kernel/simulation";
import type { Choice } from "#trace/schedule";

/** The program did something else when it was given the same choices again. */
export class NotDeterministic extends InputError {
  override name = "NotDeterministic";
}

export class RepeatCheck {
  readonly #program: Program;
  #first: { account: Account; options: ExecutionOptions } | null = null;

  constructor(program: Program) {
    this.#program = program;
  }

  /**
   * Before anything is explored; only the first call does something.
   * @throws NotDeterministic
   */
  begin(options: ExecutionOptions): void {
    if (this.#first !== null) return;
    const [account, again] = this.#twice(null, options, true);
    const difference = firstDifference(account, again);
    if (difference !== null) throw notDeterministic(difference);
    this.#first = { account, options };
  }

  /**
   * Runs an execution that was just explored again, twice. Gives the account of one.
   * @throws NotDeterministic
   */
  again(seen: Execution, choices: readonly Choice[]): Account {
    const options: ExecutionOptions = { time: "adversarial", simulation: seen.simulation.options };
    const accounts = this.#twice(choices, options, false);
    const difference = differenceOf(seen, accounts);
    if (difference === null) return accounts[0];
    // Where it happened is worth two more executions; if those are alike, what is known is said.
    throw notDeterministic(differenceOf(seen, this.#twice(choices, options, true)) ?? difference);
  }

  /**
   * What the execution itself says of a finding, once that has happened again.
   * @throws NotDeterministic; UsageError where the program misuses the library
   */
  confirmed(
    seen: Execution,
    strategy: Strategy,
  ): Omit<ExploredFinding, "firstExecution" | "executions" | "provedLeast"> {
    const choices = strategy.choices();
    const { preemptions } = this.again(seen, choices);
    const { outcome, steps, simulation } = seen;
    if (outcome.isMisuse === true) this.#throwMisuse(simulation, choices);
    return { outcome, choices, marks: [...simulation.options.marks], preemptions, steps };
  }

  // Once more with places, which say where an operation is that nobody awaited.
  #throwMisuse({ options }: Simulation, choices: readonly Choice[]): void {
    const { outcome, events } = accountOf(this.#program, choices, { time: "adversarial", simulation: options }, true);
    checkUse(outcome, events);
  }

  /**
   * Before a search is called exhausted: what changes only after many executions shows here.
   * @throws NotDeterministic
   */
  end(): void {
    if (this.#first === null) return;
    const { account, options } = this.#first;
    const difference = firstDifference(account, accountOf(this.#program, null, options, false));
    if (difference !== null) throw notDeterministic(difference);
  }

  #twice(choices: readonly Choice[] | null, options: ExecutionOptions, withPlaces: boolean): [Account, Account] {
    const once = (): Account => accountOf(this.#program, choices, options, withPlaces);
    return [once(), once()];
  }
}

/** A search has many parts: their first executions are not all made again, as those of a search are. */
const PART_SAMPLES_FROM = 1_024;

/** Whether the execution with this number, counted from 1, is one to be run again: 2, 4, 8, 16 ... */
export function isSample(execution: number, isPart: boolean): boolean {
  return execution > (isPart ? PART_SAMPLES_FROM - 1 : 1) && (execution & (execution - 1)) === 0;
}

function differenceOf(seen: Execution, [first, second]: readonly [Account, Account]): string | null {
  const difference =
    firstDifference(first, second) ?? choicesDiffer(first) ?? outcomesDiffer(seen.outcome, first.outcome);
  if (difference !== null || seen.steps === first.steps) return difference;
  return `it took ${seen.steps} steps, then ${first.steps}`;
}

/** An exhaustive walk met something else on a way that it knew. */
export function strayed(): NotDeterministic {
  return notDeterministic("on a way that an earlier execution took it ended, or went on, otherwise");
}

function notDeterministic(difference: string): NotDeterministic {
  return new NotDeterministic(
    `the scenario is not deterministic: given the same choices again, it did something else. First difference: ${difference}. ` +
      "State outside the simulation, kept from one execution to the next (a variable of a module, a list or a Map that is not " +
      "made anew by load, setup or run), is the usual cause; Math.random and Date are others",
  );
}
