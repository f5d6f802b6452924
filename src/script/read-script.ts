// From the text of a script to what it says, or to all that is wrong with it, by line and column. Pure: no file is opened, no code runs.

import { isMap, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { suggestion } from "#base/nearest";
import { FIELDS } from "#script/fields";
import { Reader, type Problem } from "#script/reader";
import type { Plan } from "#script/running";
import { lookAlike, syntaxMessage, unseenCharacter, versionProblem, withPlainEnds } from "#script/syntax";
import { readFields, type RecordOf } from "#script/collections";
import { isKernelTeam, parseTeamName } from "#script/teams";

/** Characters of a script at most. */
const TEXT_MOST = 262_144;

type Content = RecordOf<typeof FIELDS>;

/** A script that was read without a problem; its drivers are not loaded yet. */
export interface Script {
  /** As messages and traces name it. */
  readonly file: string;
  readonly content: Content;
  readonly plan: Plan;
}

/** A driver as a script names it, and where. */
export interface DriverPlace {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface ReadScript {
  /** Null when there are problems. */
  readonly script: Script | null;
  readonly problems: readonly Problem[];
  /** Every driver that is named, in the order of the text. */
  readonly drivers: readonly DriverPlace[];
}

/** Reads a script. @param file its name, as messages and traces are to say it */
export function readScript(text: string, file: string): ReadScript {
  if (text.length > TEXT_MOST) {
    const message = `the file has ${text.length} characters; a script has at most ${TEXT_MOST}`;
    return { script: null, problems: [{ line: 1, column: 1, message }], drivers: [] };
  }
  const lines = new LineCounter();
  const written = withPlainEnds(text);
  const document = parse(written, lines);
  if (document === null) {
    const message = "the file is nested too deeply to be read";
    return { script: null, problems: [{ line: 1, column: 1, message }], drivers: [] };
  }
  const reader = new Reader(file, document, lines);
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    const said = syntaxMessage(message);
    reader.problem(reader.placeAt(pos[0]), said.startsWith("a script ") ? said : `this is no YAML: ${said}`);
  }
  const version = versionProblem(document);
  if (version !== null) reader.problem({ line: 1, column: 1 }, version);
  const script = reader.problems.length > 0 ? null : readRoot(document, reader);
  const drivers = reader.drivers.map(({ text: called, node }) => ({ text: called, ...reader.placeOf(node) }));
  if (reader.problems.length === 0) return { script, problems: [], drivers };
  const unseen = unseenCharacter(written);
  if (unseen !== null) reader.problem(unseen, unseen.message);
  return { script: null, problems: reader.problems.map((each) => withLookAlike(each, written)), drivers };
}

// Somebody who reads "did you mean" and sees no difference needs to be told of it.
function withLookAlike(problem: Problem, text: string): Problem {
  if (!problem.message.includes("did you mean")) return problem;
  return { ...problem, message: `${problem.message}${lookAlike(text, problem)}` };
}

function parse(text: string, lines: LineCounter): Document | null {
  try {
    // Names that stand twice are looked for here and not by the parser, which would compare each with each.
    const options = {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "error",
      // What is written says by itself what it is: neither dates nor bytes come about by a tag.
      resolveKnownTags: false,
      version: "1.2",
    } as const;
    return parseDocument(text, options);
  } catch (error) {
    // The parser calls itself for each level of the text.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readRoot(document: Document, reader: Reader): Script | null {
  const root = document.contents as Node | null;
  if (!isMap(root)) {
    const place = root ?? { line: 1, column: 1 };
    reader.problem(
      place,
      `a script is a map, which begins "scenario: a name"; this is ${root === null ? "empty" : "none"}`,
    );
    return null;
  }
  const content = readFields(root, "the script", FIELDS, reader);
  const kept = reader.names.finish();
  if (content === undefined) return null;
  checkWhole(content, root, reader);
  const teams = [...new Set([...(content.teams ?? []), ...reader.teams.all.keys()])].filter(
    (key) => !isKernelTeam(key),
  );
  return { file: reader.file, content, plan: { kept, teams } };
}

/** What no field can know alone. */
function checkWhole(content: Content, root: Node, reader: Reader): void {
  const { run, threads, after, hosts, links } = content;
  if ((run === undefined) === (threads === undefined)) {
    const what = run === undefined ? "neither" : "both";
    reader.problem(
      root,
      `the script has ${what} "run" and "threads": it should have one of them, the part that is explored`,
    );
  }
  if (after !== undefined && threads === undefined) reader.problem(root, '"after" goes with "threads"');
  if (links !== undefined && hosts === undefined) reader.problem(root, '"links" go with "hosts"');
  const known = hosts === undefined ? [] : [...hosts.keys()];
  const those =
    known.length === 0 ? "the script declares none" : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  for (const { name, node } of reader.hosts) {
    if (hosts !== undefined && !known.includes(name))
      reader.problem(node, `there is no host "${name}": ${those}${suggestion(name, known)}`);
  }
  for (const [key, node] of reader.teams.all) {
    const { host } = parseTeamName(key);
    if (host === undefined || known.includes(host)) continue;
    reader.problem(node, `the team "${key}" is of the host "${host}", which does not exist: ${those}`);
  }
}
