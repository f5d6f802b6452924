// The field "threads" of a script: threads by name, each its steps or what "spawn" takes. Each is read as two steps, one that starts it and one
// that waits for it, so that there is one thing that starts threads.

import { isMap, isSeq, Pair, Scalar, YAMLMap, type Node } from "yaml";
import { record, type Fields } from "#script/collections";
import { MAIN_BODY } from "#script/names";
import type { Reader } from "#script/reader";
import type { Act } from "#script/running";
import { either, type JsonSchema, type Shape } from "#script/shape";
import { byName } from "#script/values";
import { step, steps, VERBS } from "#script/verbs";

/** Threads that "main" starts: what starts them, and what waits for each. */
export interface Threads {
  readonly starts: readonly Act[];
  readonly waits: readonly Act[];
}

const THREADS_WANTED = "threads by name, each a list of steps, or { team, steps }";

/** Threads by name, each the steps, or what "spawn" takes: read as a step "spawn", and a step "wait", each. */
export const threads: Shape<Threads> = {
  wanted: THREADS_WANTED,
  accepts: isMap,
  read(node, what, reader) {
    const written = threadSteps(node, what, reader);
    if (written === undefined) return undefined;
    const read = (each: YAMLMap): Act | undefined => step.read(each, what, reader);
    return reader.names.within(MAIN_BODY, () => {
      const starts = written.map(({ spawn }) => read(spawn));
      const waits = written.map(({ wait }) => read(wait));
      const isWhole = [...starts, ...waits].every((each) => each !== undefined);
      return isWhole ? { starts: starts as Act[], waits: waits as Act[] } : undefined;
    });
  },
  schema: () => threadsSchema(),
};

function threadsSchema(): JsonSchema {
  const spawn = VERBS.find((each) => each.name === "spawn");
  const fields: Fields = Object.fromEntries(
    Object.entries(spawn?.fields ?? {}).filter(([each]) => each !== "spawn" && each !== "as"),
  );
  const thread = either<unknown>("a list of steps, or { team, steps }", steps, record(fields, "{ team, steps }"));
  return byName(thread, "threads", 100).schema();
}

const anyNode: Shape<Node> = { wanted: "", accepts: () => true, read: (node) => node, schema: () => ({}) };

/** The steps that a thread of the map stands for; they stand where its name does. */
function threadSteps(
  node: Node,
  what: string,
  reader: Reader,
): readonly { readonly spawn: YAMLMap; readonly wait: YAMLMap }[] | undefined {
  const found = byName(anyNode, THREADS_WANTED, 100).read(node, what, reader);
  if (found === undefined || !isMap(node)) return undefined;
  const keys = node.items.map(({ key }) => key as Node);
  const made = [...found].map(([called, value], at) => {
    if (!isMap(value) && !isSeq(value)) {
      reader.problem(value, `the thread "${called}" should be a list of steps, or { team, steps }`);
      return null;
    }
    const range = keys[at]?.range ?? null;
    const own = isMap(value) ? value.items : [pairAt("steps", value, value.range ?? null)];
    return { spawn: mapAt("spawn", called, range, own), wait: mapAt("wait", called, range, []) };
  });
  return made.every((each) => each !== null) ? made : undefined;
}

function mapAt(verb: string, called: string, range: Node["range"], more: readonly Pair[]): YAMLMap {
  const map = new YAMLMap();
  const name = new Scalar(called);
  map.range = name.range = range ?? null;
  map.items = [pairAt(verb, name, range), ...more];
  return map;
}

function pairAt(key: string, value: Node, range: Node["range"]): Pair {
  const mark = new Scalar(key);
  mark.range = range ?? null;
  return new Pair(mark, value);
}
