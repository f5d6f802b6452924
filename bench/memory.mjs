// What the heap has grown by after a million more executions.

import { heading, megabytes, row, samples, seconds } from "./measure.mjs";

const BELOW = 50e6;
const MEASURED = [
  ["dfs", "inc", { threads: 3, n: 4 }],
  ["sleep", "inc", { threads: 3, n: 6 }],
  ["dpor", "inc", { threads: 3, n: 6 }],
  ["dpor", "buffer", { conditions: 2, items: 4 }],
  ["random", "inc", { threads: 3, n: 4 }],
];

export function memory({ heapFrom, heapTo }) {
  const [from, to] = [heapFrom, heapTo].map((each) => each.toLocaleString("en-US"));
  heading(`Growth of the heap from ${from} to ${to} executions`, "After a full collection each time; one sample.");
  for (const [strategy, program, parameters] of MEASURED) {
    const taken = samples(1, { kind: "heap", program, parameters, strategy, from: heapFrom, to: heapTo });
    const what = `${strategy}, ${program} ${Object.entries(parameters)
      .map((each) => each.join("="))
      .join(" ")}`;
    const [sample] = taken;
    if (sample.after === undefined) {
      console.log(`  ${what}: ended after ${sample.executions} executions`);
      continue;
    }
    row(what, [sample.after - sample.before], megabytes, { below: BELOW });
    row("    in all", [sample.cpu / 1000], seconds);
  }
}
