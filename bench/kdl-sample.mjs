// One sample of the kernel debugger, in a process of its own: what its first moves take. Milliseconds of processor time.

import { openDebugger } from "../dist/src/cli/kdl-open.js";
import { processTerminal } from "../dist/src/cli/terminal.js";

process.setSourceMapsEnabled(true);
const { schedule } = JSON.parse(process.argv[2]);
const kdl = await openDebugger(schedule, await processTerminal(), []);
const back = taken("back 1000");
const backAgain = taken("back 1000");
const threads = taken("threads");
console.log(JSON.stringify({ steps: kdl.timeline.last, back, backAgain, threads }));

function taken(line) {
  const before = process.cpuUsage();
  const [answer] = kdl.perform(line);
  const { user, system } = process.cpuUsage(before);
  if (answer === undefined || answer.isError) throw new Error(answer?.text ?? `no answer to ${line}`);
  return (user + system) / 1000;
}
