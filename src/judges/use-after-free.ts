// Use after free: who allocated, who freed, who touched; also where the machine goes on as if nothing had happened.

import type { Judge, Verdict } from "#judges/judge";
import { freedUse, freeHint } from "#report/memory";
import { quoted, type Story } from "#report/story";
import { counted } from "#report/text";
import { freedUseMessage } from "#scenario/freed-uses";
import type { TraceEvent } from "#trace/event";

export const useAfterFree: Judge = {
  name: "use-after-free",
  about: "memory that is used after its free, also where nothing panics",

  judge({ story, outcome }) {
    const touches = story.ofKind("touched-freed").filter((event) => event.text !== "free");
    const groups = new Map<string, TraceEvent[]>();
    for (const touch of touches) {
      const key = `${touch.objectNumber} ${touch.thread}`;
      groups.set(key, [...(groups.get(key) ?? []), touch]);
    }
    const panicked = outcome.kind === "panic";
    return [...groups.values()].flatMap((group) => verdict(story, group, panicked));
  },
};

// What one thread does to one freed block.
function verdict(story: Story, touches: readonly TraceEvent[], panicked: boolean): Verdict[] {
  const [touch] = touches;
  if (touch === undefined) return [];
  const use = freedUse(story, touch);
  const { freed, allocated } = use;
  const freer = freed?.threadName ?? "";
  const more = touches.length - 1;
  const goesOn = panicked ? "" : " Nothing panicked: what it read was the memory's filling, what it wrote went astray.";
  return [
    {
      judge: useAfterFree.name,
      subject: freedUseMessage(touch.object, freer, touch.threadName),
      kind: panicked ? "panic" : "assertion",
      hasHappened: true,
      message: freedUseMessage(touch.object, freer, touch.threadName),
      evidence: [
        ...(allocated === undefined
          ? []
          : [`${quoted(allocated)} allocated the ${touch.object} ${story.whenAndWhere(allocated)}.`]),
        ...(freed === undefined ? [] : [`${quoted(freed)} freed it ${story.whenAndWhere(freed)}.`]),
        `${quoted(touch)} touched it after that: ${touch.text}, ${story.whenAndWhere(touch)}${more === 0 ? "" : `, and ${counted(more, "time")} more`}.${goesOn}`,
      ],
      hint: freeHint(story, use),
    },
  ];
}
