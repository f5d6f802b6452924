// A step of a script: a map whose one verb says what is done. From the map to an act that carries it out.

import { isMap, type Node, type YAMLMap } from "yaml";
import { suggestion } from "#base/nearest";
import type { Steps } from "#kernel/operation";
import { SUCCESS, expectation, type Expectation, type Given } from "#script/expectation";
import type { Place, Reader } from "#script/reader";
import type { Act, Running } from "#script/running";
import { fieldsSchema, optional, pairsOf, readFields, type Fields, type RecordOf } from "#script/collections";
import { refuse, type JsonSchema, type Shape } from "#script/shape";
import { DEFAULT_TEAM, isKernelTeam } from "#script/teams";
import { given, teamName } from "#script/values";
import { frameName } from "#trace/stack";
import type { UserTeam } from "#vfs/user-team";

/** What a step may do: a file for each kind of verbs lists them. */
export interface Verb {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  readonly fields: Fields;
  /** Reads the step's map. */
  read(node: Node, reader: Reader): Act | undefined;
}

/** How a verb's act meets the thread that carries it out. */
export interface Call {
  readonly running: Running;
  /** Whose call it is: only for verbs with `isCall`. */
  readonly team: UserTeam;
  /** "file.yaml:12", for messages. */
  readonly where: string;
}

interface Definition<F extends Fields> {
  readonly about: string;
  /** The verb's own field first. */
  readonly fields: F;
  /** It is a syscall, or a program of a team: the step may name the team. */
  readonly isCall?: boolean;
  /** It gives nothing to expect or to name. */
  readonly givesNothing?: boolean;
  /** A descriptor that is named must be one. */
  readonly givesDescriptor?: boolean;
  /** Notes what the step gives and uses, beyond what its fields' shapes do. */
  note?(fields: RecordOf<F>, node: Node, reader: Reader): void;
  perform(fields: RecordOf<F>, call: Call): Steps<number | Given>;
}

const CALL = {
  team: optional(teamName, `Whose call it is, in the set-up and in "run". Default: ${DEFAULT_TEAM}.`),
};

const RESULT = {
  expect: optional(expectation, "What it gives; anything else is an assertion."),
  as: optional(given("number"), "A name for what it gives."),
};

interface Common {
  readonly team?: string | undefined;
  readonly expect?: Expectation | undefined;
  readonly as?: string | undefined;
}

export function verb<F extends Fields>(name: string, definition: Definition<F>): Verb {
  const fields: Fields = {
    ...definition.fields,
    ...(definition.isCall === true ? CALL : {}),
    ...(definition.givesNothing === true ? {} : RESULT),
  };
  return {
    name,
    about: definition.about,
    fields,
    read(node, reader) {
      if (!isMap(node)) return undefined;
      const step = readFields(node, `the step "${name}"`, fields, reader) as (RecordOf<F> & Common) | undefined;
      if (step === undefined) {
        giveAnyway(node, reader);
        return undefined;
      }
      definition.note?.(step, node, reader);
      const key = definition.isCall === true ? callTeam(step.team, node, reader) : null;
      if (key === undefined) return undefined;
      return actOf(name, definition, step, key, reader.placeOf(node), reader.file);
    },
  };
}

/** Whose call it is: null is the thread's own team; undefined means that a problem was noted. */
function callTeam(named: string | undefined, node: Node, reader: Reader): string | null | undefined {
  const own = reader.teams.current;
  if (own !== null && named !== undefined && named !== own) {
    reader.problem(node, `a thread of the team "${own}" makes calls of its own team only, not of "${named}"`);
    return undefined;
  }
  const key = named ?? own ?? DEFAULT_TEAM;
  if (isKernelTeam(key)) {
    reader.problem(node, "a kernel thread makes no calls: give its thread a team, or the step");
    return undefined;
  }
  if (own !== null) return null;
  reader.teams.mention(key, node);
  return key;
}

function actOf<F extends Fields>(
  name: string,
  definition: Definition<F>,
  step: RecordOf<F> & Common,
  team: string | null,
  place: Place,
  file: string,
): Act {
  const { as } = step;
  const expected = step.expect ?? (as !== undefined && definition.givesDescriptor === true ? SUCCESS : undefined);
  const isCall = definition.isCall === true;
  const where = `${file}:${place.line}`;
  const act = function* (running: Running): Steps<number> {
    const call = { running, where, team: isCall ? running.teamFor(team) : (running.team as UserTeam) };
    const result = yield* definition.perform(step, call);
    const gave = typeof result === "number" ? { value: result } : result;
    const wrong = expected?.(gave) ?? null;
    if (wrong !== null) throw new Error(`${where}: ${name} gave ${wrong}`);
    if (as !== undefined) running.set("number", as, gave.value);
    return gave.value;
  };
  // The stack shows the script's line in place of this function.
  Object.defineProperty(act, "name", { value: frameName({ name, file, line: place.line }) });
  return act;
}

/** What a step may be: one of these verbs. */
export function stepShape(verbs: readonly Verb[]): Shape<Act> {
  const names = verbs.map((each) => each.name);
  const wanted = `a step: a map with one verb (${names.join(", ")})`;
  return {
    wanted,
    accepts: isMap,
    read(node, what, reader) {
      if (!isMap(node)) return refuse(node, what, 'a step: a map with one verb, such as "open: /dev/null"', reader);
      const keys = pairsOf(node, what, reader).map((pair) => pair.name);
      const found = verbs.filter((each) => keys.includes(each.name));
      const [first, second] = found;
      if (first !== undefined && second === undefined) return reader.inside(node, () => first.read(node, reader));
      reader.problem(node, second === undefined ? noVerb(keys, names) : twoVerbs(found));
      giveAnyway(node, reader);
      return undefined;
    },
    schema: () => ({ anyOf: verbs.map(verbSchema) }),
  };
}

function verbSchema({ name, about, fields }: Verb): JsonSchema {
  const { required = [], ...schema } = fieldsSchema(fields) as { required?: readonly string[] };
  return { title: name, description: about, ...schema, required: [...new Set([name, ...required])] };
}

/** The fields that give names, and of which kind. */
const GIVERS = [
  ["as", "number"],
  ["spawn", "thread"],
  ["fork", "thread"],
  ["mutex", "mutex"],
  ["semaphore", "semaphore"],
] as const;

// A step that is wrong gives its names all the same: whoever uses them is not to be blamed for it.
function giveAnyway(node: YAMLMap, reader: Reader): void {
  for (const [field, meant] of GIVERS) {
    const name: unknown = node.get(field);
    if (typeof name === "string") reader.names.guess(meant, name, node);
  }
}

function noVerb(keys: readonly string[], names: readonly string[]): string {
  const [first] = keys;
  if (first === undefined) return `an empty step: it should have one verb, of ${names.join(", ")}`;
  const near = keys.map((each) => suggestion(each.slice(0, 100), names)).find((each) => each !== "") ?? "";
  const known = near === "" ? `: they are ${names.join(", ")}` : near;
  return `no verb in this step (${first.slice(0, 60)})${known}`;
}

function twoVerbs(found: readonly Verb[]): string {
  return `two verbs in one step, ${found.map((each) => `"${each.name}"`).join(" and ")}: each begins a step of its own ("- ")`;
}
