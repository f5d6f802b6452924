// A false cure: the failure needs a thread that is delayed by more than a snooze that somebody wrote. The snooze did not
// mend anything, it made the failure rarer.
//
// Accused is a snooze that ended, in the failing execution, while another thread could go on and had not; and only if the
// failure does not also happen where nobody is late (src/explore/punctual.ts, which tries some executions of that kind and
// not all). What a judge alone says of an execution that finished is not tried in this way; it counts here where it can depend
// on who comes first.

import type { Judge } from "#judges/judge";
import { delaysNeeded, isMatterOfTime, snoozeHints } from "#report/delay";

export const falseCure: Judge = {
  name: "false-cure",
  about: "a failure that a snooze only makes rarer: it comes when a thread is late by more than that",
  isSecond: true,

  judge({ story, outcome, isMeasured }) {
    if (isMeasured || !isMatterOfTime(outcome)) return [];
    const snoozes = delaysNeeded(story, outcome).filter((delay) => delay.isCure);
    const [first] = snoozes;
    if (first === undefined) return [];
    return [
      {
        judge: falseCure.name,
        subject: first.place,
        kind: outcome.kind,
        hasHappened: true,
        isSecond: true,
        message: `the snooze(${first.microseconds}) of "${first.sleeper}"${first.place} cures nothing: the failure comes when another thread is late by more than that`,
        evidence: snoozes.map((delay) => delay.sentence),
        hint: snoozeHints(snoozes)[0] ?? "",
      },
    ];
  },
};
