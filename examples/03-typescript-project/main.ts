// Explores a driver of this project and says what was found.
import assert from "node:assert/strict";
import { columns, compile, explore, explain, watch, type ExploreResult } from "lockstep";
import { interrupted } from "./bell.js";

const program = compile(interrupted);
const result: ExploreResult = explore(program, { stopAtFirst: true, shrink: true });
const [finding] = result.findings;
assert(finding !== undefined, "the bell should be lost");
assert.equal(finding.outcome.kind, "deadlock");

const { events, execution } = watch(program, {
  time: "adversarial",
  choices: finding.choices,
  marks: finding.marks,
  stacks: true,
});
const { title, sentences } = explain(events, execution.outcome);
console.log([title, ...sentences, columns(events)].join("\n"));
assert.match(title, /lost wakeup/);
