// Where a line of what was built was written, by the source map beside the file: for stacks that the engine shows as what runs.
//
// The engine can read source maps itself, each whole when the first stack names its file, and of the simulator's own code that takes
// longer than most explorations do. Here only the part of a map is read that a place falls into. Where there is no file system, or
// no map, a place is shown as it is. This is the one place below the command that asks for the outer world (test/tidy.test.ts names it): what it
// reads belongs to the installation and says the same each time, nothing that is simulated sees a frame, and programs that use the
// library alone have nobody else to ask. Node is asked for its module only when the first stack is read, since browsers have none.

/** A part of an index map: all that comes of one source. */
interface Section {
  readonly offset: { readonly line: number; readonly column: number };
  readonly map: { readonly sources: readonly string[]; readonly mappings: string };
  /** For each line the segments that lead to a source, as (column, source, line), one after the other. */
  lines?: readonly (readonly number[])[];
}

type IndexMap = { readonly sections: readonly Section[] } | Section["map"];

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const known = new Map<string, readonly Section[]>();

/**
 * The path and line where this was written; null where nobody knows.
 * @param path absolute, with slashes. @param line from 1. @param column from 1
 */
export function writtenAt(path: string, line: number, column: number): { path: string; line: number } | null {
  let sections = known.get(path);
  if (sections === undefined) known.set(path, (sections = readMap(path)));
  let section: Section | null = null;
  for (const each of sections) {
    const { offset } = each;
    if (offset.line > line - 1 || (offset.line === line - 1 && offset.column > column - 1)) break;
    section = each;
  }
  if (section === null) return null;
  const { offset, map } = section;
  const lines = (section.lines ??= segmentsOf(map.mappings));
  const found = lastBefore(lines, line - 1 - offset.line, column - 1 - (line - 1 === offset.line ? offset.column : 0));
  if (found === null) return null;
  return { path: beside(path, map.sources[found.source] ?? ""), line: found.line + 1 };
}

/**
 * Whether what runs is what was built, so that the maps tell its lines. Who transforms modules before they run moves the lines (Vite does so
 * with a package that is linked).
 */
export function runsAsBuilt(): boolean {
  return (asBuilt ??= isAsBuilt());
}

/** Null: not known yet. */
let asBuilt: boolean | null = null;

/** A place in what runs, as the engine counts it: asked for now, since it cannot be while another stack is read. */
const here = placeHere();

function placeHere(): { file: string; line: number } {
  const usual = Error.prepareStackTrace;
  let place = { file: "", line: 0 };
  Error.prepareStackTrace = (_, [call]) => {
    place = { file: call?.getFileName() ?? "", line: call?.getLineNumber() ?? 0 };
    return "";
  };
  void new Error("where this runs").stack;
  Error.prepareStackTrace = usual;
  return place;
}

function isAsBuilt(): boolean {
  try {
    const files = globalThis.process.getBuiltinModule("node:fs");
    const text = files.readFileSync(here.file.startsWith("file:") ? new URL(here.file) : here.file, "utf8");
    return text.split("\n")[here.line - 1]?.includes('"where this runs"') === true;
  } catch {
    return false;
  }
}

// The segment at this place, or the last one before it: what a compiler has added belongs to what stands before.
function lastBefore(
  lines: readonly (readonly number[])[],
  line: number,
  column: number,
): { source: number; line: number } | null {
  for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
    const segments = lines[at] ?? [];
    for (let i = segments.length - 3; i >= 0; i -= 3) {
      if (at === line && (segments[i] ?? 0) > column) continue;
      return { source: segments[i + 1] ?? 0, line: segments[i + 2] ?? 0 };
    }
  }
  return null;
}

function segmentsOf(mappings: string): number[][] {
  let source = 0;
  let line = 0;
  return mappings.split(";").map((text) => {
    let column = 0;
    const segments: number[] = [];
    for (const segment of text === "" ? [] : text.split(",")) {
      const [columns = 0, sources, lines = 0] = numbersOf(segment);
      column += columns;
      if (sources === undefined) continue;
      source += sources;
      line += lines;
      segments.push(column, source, line);
    }
    return segments;
  });
}

// Base64 digits of five bits, the lowest first, and a sign in the lowest bit of all (source map specification, "VLQ").
function numbersOf(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 0 ? value >> 1 : -(value >> 1));
    value = shift = 0;
  }
  return numbers;
}

function readMap(path: string): readonly Section[] {
  try {
    const files = globalThis.process.getBuiltinModule("node:fs");
    const sections = `${path}.sections`;
    const map = JSON.parse(
      files.readFileSync(files.existsSync(sections) ? sections : `${path}.map`, "utf8"),
    ) as IndexMap;
    return "sections" in map ? map.sections : [{ offset: { line: 0, column: 0 }, map }];
  } catch {
    return [];
  }
}

function beside(path: string, source: string): string {
  const folders = path.split("/").slice(0, -1);
  for (const each of source.split("/")) {
    if (each === "..") folders.pop();
    else if (each !== ".") folders.push(each);
  }
  return folders.join("/");
}
