// What a command may touch of the world outside: where it writes, the clock, the folder it was started in.
//
// Handed to every command, so that a test can be the terminal.

import { relative } from "node:path";
import { isatty } from "node:tty";
import type { Readable, Writable } from "node:stream";
import picocolors from "picocolors";
import { visible } from "#base/visible";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Lines for files and pipes; and between what limits a terminal's own width is followed. */
const WIDTH_OF_FILES = 120;
const WIDTH_LEAST = 80;
const WIDTH_MOST = 160;

/** Somebody who can be asked: a terminal on both sides. */
export interface Dialogue {
  readonly input: Readable;
  readonly output: Writable;
}

export interface Terminal {
  /** Writes to standard output: results. */
  out(text: string): void;
  /** Writes to standard error: messages and progress. */
  error(text: string): void;
  /** Somebody watches standard error: progress may be shown there. */
  readonly isWatched: boolean;
  readonly colors: Colors;
  /** Characters in a line of standard output. */
  readonly width: number;
  /** Standard output is a terminal that makes links of what is marked as such. */
  readonly showsLinks?: boolean;
  /** Whoever asked wants to see everything. */
  readonly isVerbose?: boolean;
  /** Milliseconds of real time, from any beginning. */
  now(): number;
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** What to type to start this program again. */
  readonly program: string;
  /** Standard input, for commands that read it. */
  readonly input?: Readable;
  /** Left out where nobody can be asked: standard input or output is a file or a pipe. */
  readonly dialogue?: Dialogue;
  /** Calls `listener` at the next ^C, once, instead of ending; gives a function that takes it back. */
  onInterrupt?(listener: () => void): () => void;
}

/** The terminal of this process. Colours only where a terminal shows them, or where FORCE_COLOR asks for them. */
export async function processTerminal(): Promise<Terminal> {
  const { env, stdout, stderr } = process;
  const isShown = stdout.isTTY === true && env.TERM !== "dumb";
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "" && env.FORCE_COLOR !== "0";
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  return {
    out: (text) => void stdout.write(harmless(text)),
    error: (text) => void stderr.write(harmless(text)),
    isWatched: stderr.isTTY === true && env.TERM !== "dumb",
    colors: picocolors.createColors(!refused && (isShown || forced)),
    width: Math.min(Math.max(stdout.columns ?? WIDTH_OF_FILES, WIDTH_LEAST), WIDTH_MOST),
    showsLinks: isShown && !refused && (await makesLinks(stdout)),
    now: () => performance.now(),
    folder: process.cwd(),
    program: programName(process.argv[1] ?? "", process.cwd()),
    // Not looked at before it is wanted: looking opens it.
    get input() {
      return process.stdin;
    },
    ...(isatty(0) && isShown && (env.CI ?? "") === "" ? { dialogue: dialogueOf(stdout) } : {}),
    onInterrupt(listener) {
      process.once("SIGINT", listener);
      return () => void process.off("SIGINT", listener);
    },
  };
}

// Loaded only where somebody looks on.
async function makesLinks(output: typeof process.stdout): Promise<boolean> {
  const { createSupportsHyperlinks } = await import("supports-hyperlinks");
  return createSupportsHyperlinks(output);
}

/** What we write ourselves: colours, links, the end of a line of progress. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const OWN = /(\u001b\[[\d;]*m|\u001b\[K|\u001b\]8;;[^\u0000-\u001f]*\u001b\\|\r)/;

/** A text that does nothing to a terminal but to colour, to link and to be read: names come from users' code. */
export function harmless(text: string): string {
  return text
    .split(OWN)
    .map((part, place) => (place % 2 === 1 ? part : visible(part)))
    .join("");
}

function dialogueOf(output: Writable): Dialogue {
  return {
    get input() {
      return process.stdin;
    },
    output,
  };
}

/** The same terminal for somebody who wants to see everything, if `isWanted`. */
export function verbosely(terminal: Terminal, isWanted: boolean): Terminal {
  // Not a copy: what is looked at only when it is wanted stays so.
  return isWanted ? (Object.create(terminal, { isVerbose: { value: true } }) as Terminal) : terminal;
}

/**
 * How the program was started, so that a printed command can be copied: from a clone there is no `lockstep`
 * on the path, and npx would look for a package of that name elsewhere.
 */
export function programName(script: string, folder: string): string {
  const plain = script.replaceAll("\\", "/");
  if (plain.endsWith("/node_modules/.bin/lockstep")) return "npx lockstep";
  if (plain.endsWith("/lockstep")) return "lockstep";
  const path = relative(folder, script).replaceAll("\\", "/");
  return `node ${path.startsWith("../../") ? plain : path}`;
}
