// All judges, and the choice among them.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { blocksWithInterruptsOff } from "#judges/blocks-with-interrupts-off";
import { dataRace } from "#judges/data-race";
import { deadlock } from "#judges/deadlock";
import { doubleFree } from "#judges/double-free";
import { falseCure } from "#judges/false-cure";
import type { Judge } from "#judges/judge";
import { leak } from "#judges/leak";
import { lockHeld } from "#judges/lock-held";
import { lockOrder } from "#judges/lock-order";
import { lostWakeup } from "#judges/lost-wakeup";
import { polling } from "#judges/polling";
import { priorityInversion } from "#judges/priority-inversion";
import { uninitialised } from "#judges/uninitialised";
import { untestedWait } from "#judges/untested-wait";
import { useAfterFree } from "#judges/use-after-free";

/** Every judge, the gravest accusations first. All of them are on unless somebody chooses. */
export const JUDGES: readonly Judge[] = [
  useAfterFree,
  doubleFree,
  uninitialised,
  lostWakeup,
  deadlock,
  lockHeld,
  blocksWithInterruptsOff,
  dataRace,
  lockOrder,
  untestedWait,
  falseCure,
  polling,
  priorityInversion,
  leak,
];

/**
 * The judges of these names, a list or a text in which commas separate them; "all" and "none" are such texts, too.
 * @throws InputError for a name that no judge has
 */
export function chosenJudges(list: string | readonly string[]): readonly Judge[] {
  if (list === "all") return JUDGES;
  if (list === "none") return [];
  const names = typeof list === "string" ? list.split(",").map((name) => name.trim()) : list;
  const known = JUDGES.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new InputError(
      `there is no judge "${name}"${suggestion(name, known) || ";"} the judges are ${known.join(", ")}; "all" and "none" choose all and none`,
    );
  }
  return JUDGES.filter(({ name }) => names.includes(name));
}
