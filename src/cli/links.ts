// Lines of code that can be clicked, in terminals that know how (OSC 8).

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Found } from "#cli/find-scenario";
import { installationRoot } from "#load/installation";
import type { Terminal } from "#cli/terminal";
import type { Paint } from "#report/paint";

/** Folders above a scenario's file in which a file that it imports is looked for. */
const LEVELS_MOST = 6;

/** The terminal's colours, and links to lines of code where it shows links. Files are looked for near the scenario, too. */
export function paintOf(terminal: Terminal, found: Found): Paint {
  if (terminal.showsLinks !== true) return terminal.colors;
  const folders = foldersFor(terminal.folder, found.name);
  const known = new Map<string, string | null>();
  const link = (text: string, file: string, line: number): string => {
    if (!known.has(file)) known.set(file, pathOf(file, folders));
    const path = known.get(file) ?? null;
    if (path === null) return text;
    return `\u001b]8;;${pathToFileURL(path).href}#${line}\u001b\\${text}\u001b]8;;\u001b\\`;
  };
  return { ...terminal.colors, link };
}

function foldersFor(folder: string, name: string): string[] {
  const folders = [folder];
  let above = dirname(resolve(folder, name));
  for (let level = 0; level < LEVELS_MOST; level++) {
    folders.push(above);
    above = dirname(above);
  }
  return [...folders, installationRoot];
}

function pathOf(file: string, folders: readonly string[]): string | null {
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path)) ?? null;
}
