// Pages of the fixtures, written by the command into a folder of their own.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PageData } from "#page/data";
import { lockstep } from "../cli/capture.js";

/** A folder for what is written; `remove` takes it away again. */
export function scratch(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-page-"));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** A measured run of the long fixture of about four steps a turn and thread, which ends in a deadlock. */
export function longRun(turns: number): string {
  return `ls1:fixtures%2Flong.ts:1:kdebug:measured:turns=${turns}::`;
}

/** Writes a page as `lockstep report` does, and gives its path. */
export async function writtenPage(folder: string, ...words: string[]): Promise<string> {
  const path = join(folder, "page.html");
  const { code, error } = await lockstep(["report", ...words, "-o", path], { folder: import.meta.dirname });
  if (code !== 0) throw new Error(error);
  return path;
}

/** What is embedded in a page for its script. */
export function dataOf(path: string): PageData {
  const [, json = ""] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(path, "utf8")) ?? [];
  return JSON.parse(json) as PageData;
}
