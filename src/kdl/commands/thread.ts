// `thread`: everything about one thread.

import { formatAddress } from "#kernel/kernel-object";
import { ThreadState, type Thread } from "#kernel/thread";
import type { KdlCommand } from "#kdl/command";
import { findThread } from "#kdl/find";
import { awaited, cpuOf, nextWords, stateOf, waitWords } from "#kdl/state";
import { teamAddress } from "#kdl/team";
import { stackBase } from "#kdl/thread-table";
import type { Debugger } from "#kdl/debugger";
import { InputError } from "#base/assert";
import { statusName } from "#base/status";
import { describeValue } from "#trace/recorder";

const STACK_BYTES = 0x5000;

export const thread: KdlCommand = {
  names: ["thread"],
  usage: "[thread]",
  about: "show one thread, by id or name; without a word the one whose step it was",
  completes: "thread",
  perform(kdl, [word]) {
    return describe(kdl, wantedThread(kdl, word));
  },
};

/** The thread that is meant; without a word the one whose step it was. @throws InputError when there is none */
export function wantedThread({ moment }: Debugger, word: string | undefined): Thread {
  const found = word === undefined ? moment.current : findThread(moment, word);
  if (found === null) throw new InputError('nobody took this step: name a thread ("threads" lists them)');
  return found;
}

function describe({ moment, timeline }: Debugger, found: Thread): string {
  const base = stackBase(found);
  const isDead = found.state === ThreadState.dead;
  const object = awaited(found);
  const steps = timeline.events.filter(({ kind, thread: id, step }) => {
    return kind === "step" && id === found.id && step <= moment.step;
  });
  return lines(
    [
      ["id", `${found.id} (0x${found.id.toString(16)})`],
      ["name", `"${found.title}"`],
      ["priority", String(found.priority)],
      ["state", stateOf(moment, found)],
      ["cpu", cpuOf(moment, found)],
      ["daemon", found.daemon ? "yes" : "no"],
      ["sig_pending", `0x${found.signals.toString(16)}`],
      ["interrupts", found.interruptsOff ? "off" : "on"],
      ...(object === null ? [] : ([["waiting for", `${waitWords(found)} ${formatAddress(object.address)}`]] as const)),
      ...(object === null || !found.hasDeadline
        ? []
        : ([["until", `${found.deadline} us (it is ${moment.simulation.now()} us)`]] as const)),
      ["next", isDead || object !== null ? "-" : nextWords(found)],
      ["team", `${teamAddress(moment, found.team)}, "${found.team.name}"`],
      ["kernel_stack_base", formatAddress(base)],
      ["kernel_stack_top", formatAddress(base + STACK_BYTES)],
      ["steps", `${steps.length}${steps.length === 0 ? "" : `, the last is ${steps.at(-1)?.step}`}`],
      ...(isDead
        ? ([
            ["exit status", statusName(found.exitStatus)],
            ["result", describeValue(found.result)],
          ] as const)
        : []),
    ],
    `THREAD: ${formatAddress(found.address)}`,
  );
}

/** Names and values in two columns below a heading. */
export function lines(rows: readonly (readonly [name: string, value: string])[], heading: string): string {
  return [heading, ...rows.map(([name, value]) => `${`${name}:`.padEnd(20)}${value}`)].join("\n");
}
