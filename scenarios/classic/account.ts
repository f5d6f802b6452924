// A deposit, a withdrawal, and an audit that comes when it likes.
//
// Source: SCTBench, CS/account_bad. Every access is locked; what is wrong is the audit's sum, which takes the deposit away.
// Fixed, it adds it.
// explore: assertion in 2 of 6 traces, without a preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, type Threads } from "./program.js";

const OPENING = 1;
const DEPOSIT = 2;
const WITHDRAWAL = 4;

export function account(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const balance = shared(kernel, OPENING, "balance");
  const deposited = shared(kernel, false, "deposited");
  const withdrawn = shared(kernel, false, "withdrawn");
  const expected = OPENING + (fixed ? DEPOSIT : -DEPOSIT) - WITHDRAWAL;
  return {
    audit: () =>
      locked(mutex, () => {
        if (deposited.value && withdrawn.value) check(balance.value === expected, "the account does not add up");
      }),
    deposit: () =>
      locked(mutex, () => {
        balance.value += DEPOSIT;
        deposited.value = true;
      }),
    withdrawal: () =>
      locked(mutex, () => {
        balance.value -= WITHDRAWAL;
        withdrawn.value = true;
      }),
  };
}

export default classic("account", {
  about: "An audit of an account computes what the balance should be, and is wrong.",
  parameters: fixedBy("the audit adds the deposit"),
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => account(kernel, fixed),
});
