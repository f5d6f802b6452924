// Double free: who allocated, who freed first, and who frees again.

import type { Judge } from "#judges/judge";
import { at } from "#judges/places";
import { freedUse } from "#report/memory";
import { quoted } from "#report/story";

export const doubleFree: Judge = {
  name: "double-free",
  about: "a block that is freed twice",

  judge({ story }) {
    return story
      .ofKind("touched-freed")
      .filter((event) => event.text === "free")
      .map((again) => {
        const { freed, allocated } = freedUse(story, again);
        const first = freed === undefined ? "" : `${at(story, freed)}, by ${quoted(freed)}`;
        return {
          judge: doubleFree.name,
          subject: again.object,
          kind: "panic",
          hasHappened: true,
          message: `a ${again.object} is freed twice: first${first}, then${at(story, again)}, by ${quoted(again)}`,
          evidence: [
            ...(allocated === undefined ? [] : [`${quoted(allocated)} allocated it ${story.whenAndWhere(allocated)}.`]),
            ...(freed === undefined ? [] : [`${quoted(freed)} freed it ${story.whenAndWhere(freed)}.`]),
            `${quoted(again)} freed it again ${story.whenAndWhere(again)}.`,
          ],
          hint: `Let one place own the ${again.object} and free it; who only stops using it gives up a reference.`,
        };
      });
  },
};
