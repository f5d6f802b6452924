// Reading a JavaScript stack as the stack of a simulated thread.
//
// Each generator of a thread is a frame, suspended or not; the engine adds a `next` frame for each, and the
// simulator's own frames lie at both ends. All are left out; nothing is ever put in. Paths come out relative to
// this project, or from the user's own drivers/, scenarios/ ... folder on: the same on every machine.

import type { Frame } from "#trace/event";
import { runsAsBuilt, writtenAt } from "#trace/written";

const LINE = /^\s*at (?:(.*?) \()?((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/;

/** How a bundler tells functions of one name apart. */
const NUMBERED = /\$\d+(?=\.|$)/;

/** The folder that holds src/, whether this runs from the sources or from what was built of them. */
const ownFolders = foldersAbove(import.meta.url);

const builtPaths = new Map<string, string | null>();

/** The running code's stack, to be read later: taking it is cheap, its text is not. */
export class TakenStack {
  readonly #read: (error: Error) => readonly Frame[];
  #taken: Error | null;
  #frames: readonly Frame[] = [];

  /**
   * @param read makes frames of the error
   * @param deep how many frames are taken at most
   * @param below the stack begins with the caller of this function, which is on it: what lies further in is not even taken
   */
  constructor(read: (error: Error) => readonly Frame[], deep = 100, below?: Function) {
    this.#read = read;
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = deep;
    this.#taken = below === undefined ? new Error() : takenBelow(below);
    Error.stackTraceLimit = before;
  }

  get frames(): readonly Frame[] {
    if (this.#taken !== null) this.#frames = this.#read(this.#taken);
    this.#taken = null;
    return this.#frames;
  }

  /** Reads the frames now. */
  read(): void {
    void this.frames;
  }

  /** Gives up what was taken; if nobody has read it, it is empty from now on. */
  forget(): void {
    this.#taken = null;
  }
}

// Only the engine of Node and Chromium can leave calls out.
function takenBelow(below: Function): Error {
  if (typeof Error.captureStackTrace !== "function") return new Error();
  const taken = { name: "Error", message: "" };
  Error.captureStackTrace(taken, below);
  return taken;
}

/** The frames of a captured stack, innermost first, from the operation outwards to the thread's body. */
export function parseStack(stack: string): Frame[] {
  const frames: Frame[] = [];
  let inner = "";
  for (const line of stack.split("\n")) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const callee = inner;
    inner = match[1] ?? "";
    if (callee === "next" && inner === "Object.d") continue; // `using`, as it is compiled in a user's file
    const { path, line: row } = asWritten(plainPath(match[2] ?? ""), Number(match[3]), Number(match[4]));
    const script = inner.includes("script:") ? scriptFrame(inner) : null;
    if (script !== null) {
      frames.push(script);
      continue;
    }
    const own = pathInProject(path);
    const name = tidyName(match[1] ?? "", own);
    if (own !== null && isOutside(name, own)) break;
    if (own === null ? isForeign(path) : isMachinery(own)) continue;
    if (/(^|\.)next$/.test(name) || path === "<anonymous>" || isDisposal(name, path)) continue;
    frames.push({ name, file: own ?? shortPath(path), line: row });
  }
  return frames;
}

/** A stack's text, with the lines of what was built told as they were written. */
export function stackAsWritten(stack: string): string {
  const lines = stack.split("\n").map((text) => {
    const [, , file = "", line, column] = LINE.exec(text) ?? [];
    const written = asWritten(file, Number(line), Number(column));
    const place = `${file.replace("file://", "")}:${line}:${column}`;
    return written.path === file ? text : text.replace(place, `${written.path}:${written.line}`);
  });
  return lines.join("\n");
}

/**
 * The name of a function that carries out a line of a script: a stack then shows the script's file and line, and not the
 * function's own.
 */
export function frameName({ name, file, line }: Frame): string {
  return `script:${line}:${name}:${encodeURIComponent(file).replace(/[()!'*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)}:`;
}

function scriptFrame(name: string): Frame | null {
  const [, line, verb = "", file = ""] = /(?:^|[. ])script:(\d+):(\w+):([^:]*):/.exec(name) ?? [];
  if (line === undefined || name.endsWith(".next")) return null;
  return { name: verb, file: shortPath(decodeURIComponent(file)), line: Number(line) };
}

// A thread's body is called as a method of the thread, and the engine names an anonymous one after the
// expression in which it was written.
function tidyName(name: string, own: string | null): string {
  const plain = (own === null ? name : name.replace(NUMBERED, ""))
    .replace(/^(async |new )/, "")
    .replace(/ \[as .*\]$/, "")
    .replace(/^Object\./, "");
  if (own?.startsWith("src/kernel/") === true || !plain.startsWith("Thread.")) return plain || "(anonymous)";
  const body = plain.slice("Thread.".length);
  return body === "body" || body.includes(".") ? "(anonymous)" : body;
}

// Where the thread's own stack ends: whatever resumes its generator, or calls a judge or a program.
function isOutside(name: string, own: string): boolean {
  if (/^src\/(explore|load|cli|workers|page-file|vitest)\//.test(own)) return true;
  if (/^src\/kernel\/simulation\.[jt]s$/.test(own)) return /#resume$|\.run$/.test(name);
  return /^src\/kernel\/thread\.[jt]s$/.test(own) && name.endsWith(".probe");
}

// What carries out operations, not what the thread does.
function isMachinery(own: string): boolean {
  return (
    // In a chunk: what a compiler has added, which was written nowhere.
    /^src\/(trace|scenario|script|report|chunks)\//.test(own) ||
    /^src\/kernel\/(simulation|thread|adversary|haiku-scheduler)\.[jt]s$/.test(own) ||
    own.startsWith("node_modules/")
  );
}

// What a compiler makes of `using`.
function isDisposal(name: string, path: string): boolean {
  return /^__(callDispose$|dispose|addDisposable)/.test(name) || path.endsWith("/usingCtx.js");
}

function isForeign(path: string): boolean {
  return path.startsWith("node:") || path.includes("/node_modules/");
}

function plainPath(path: string): string {
  const plain = path
    .replaceAll("\\", "/")
    .replace(/^file:\/\//, "")
    .replace(/\?.*$/, "");
  return path.startsWith("file:") ? decodeURIComponent(plain) : plain;
}

/**
 * Where a place in what was built was written, if the engine has not told so already; else the same place.
 * @param file a path or URL. @param line from 1. @param column from 1
 */
export function asWritten(file: string, line: number, column: number): { path: string; line: number } {
  const path = builtPath(file);
  const written = path !== null && runsAsBuilt() ? writtenAt(path, line, column) : null;
  return written ?? { path: file, line };
}

/** The path of a file of ours that was built; null for any other. */
export function builtPath(file: string): string | null {
  let path = builtPaths.get(file);
  if (path !== undefined) return path;
  path = plainPath(file);
  if (!path.endsWith(".js") || !path.startsWith(ownFolders[0] ?? "")) path = null;
  builtPaths.set(file, path);
  return path;
}

function pathInProject(path: string): string | null {
  const folder = ownFolders.find((each) => path.startsWith(each));
  return folder === undefined ? null : path.slice(folder.length);
}

// Of somebody else's file: from the last folder on whose name says what it holds.
function shortPath(path: string): string {
  const known = /^.*\/((?:src|drivers|scenarios|test|examples)\/.*)$/.exec(path);
  return known?.[1] ?? path.slice(path.lastIndexOf("/") + 1);
}

// The built files first: dist/ lies inside the project, and a source map leads out of it.
function foldersAbove(url: string): string[] {
  const here = plainPath(url);
  const root = here.slice(0, here.lastIndexOf("/src/trace/") + 1);
  return root.endsWith("/dist/") ? [root, root.slice(0, -"dist/".length)] : [`${root}dist/`, root];
}
