// Double free: who allocated, who freed first, and who frees again.

import { withArticle } from "#base/article";
import type { Judge } from "#judges/judge";
import { at } from "#judges/places";
import { FREED_NET_BUFFER, NET_BUFFER } from "#net/net-buffer";
import { freedUse, type FreedUse } from "#report/memory";
import { quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

export const doubleFree: Judge = {
  name: "double-free",
  about: "a block or a packet that is freed twice",

  judge({ story }) {
    return story
      .ofKind("touched-freed")
      .filter((event) => event.text === "free")
      .map((again) => {
        const { freed, allocated } = again.object === NET_BUFFER ? bufferUse(story, again) : freedUse(story, again);
        const first = freed === undefined ? "" : `${at(story, freed)}, by ${quoted(freed)}`;
        return {
          judge: doubleFree.name,
          subject: again.object,
          kind: again.object === NET_BUFFER ? "assertion" : "panic",
          hasHappened: true,
          message: `${withArticle(again.object)} is freed twice: first${first}, then${at(story, again)}, by ${quoted(again)}`,
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

// What the trace says of a packet: where it was created, and where it became a freed one.
function bufferUse(story: Story, touch: TraceEvent): FreedUse {
  const last = (type: string): TraceEvent | undefined =>
    story.last(
      touch.index,
      ({ objectNumber, objectType }) => objectNumber === touch.objectNumber && objectType === type,
    );
  return { touch, freed: last(FREED_NET_BUFFER), allocated: last(NET_BUFFER) };
}
