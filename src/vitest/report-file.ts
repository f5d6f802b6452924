// The report of a test as a file: one for each test, under a name that is the same every time. A failure that has a trace is
// written as the page of a timeline, everything else as text.
//
// Invariants:
//   - a file is written whole or not at all: beside it first, then renamed;
//   - a test that passes leaves no report of an earlier failure behind, unless reports are off.

import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { InputError } from "#base/assert";
import { writeWhole } from "#load/whole-file";
import type { TestPlace } from "#vitest/command";
import { REPORT_FOLDER, type SettledOptions } from "#vitest/options";

/** A file name is never longer than this, in characters. */
const NAME_MOST = 80;

/** What there is to write. */
export interface Report {
  readonly text: string;
  /** Draws the page of what failed; null where there is no trace. */
  readonly page: (() => string) | null;
}

/** Where the report of a test goes, without its extension. @param place of several in one test, from 1 */
export function reportPath(place: TestPlace, options: SettledOptions, number = 1): string {
  const folder = options.reportFolder ?? REPORT_FOLDER;
  const file = relative(place.root, place.file).replaceAll("\\", "/");
  const project = place.project === "" ? [] : [plain(place.project)];
  const name = `${plain(place.fullName)}-${fingerprint(place.fullName)}${number === 1 ? "" : `-${number}`}`;
  return join(isAbsolute(folder) ? folder : resolve(place.root, folder), ...project, plain(file), name);
}

/** What has become of a report. */
export interface KeptReport {
  /** Null when none was written. */
  readonly path: string | null;
  /** A line about it, to be printed behind a failure; empty when there is nothing to say. */
  readonly line: string;
}

/**
 * Writes the report if one is wanted, and removes an old one that no longer holds. What fails by a finding says that finding, even if
 * its report cannot be written; then the line says why.
 */
export function keepReport(path: string, report: Report, failed: boolean, options: SettledOptions): KeptReport {
  const { report: when = "retain-on-failure" } = options;
  if (when === "off") return { path: null, line: "" };
  const isWritten = when === "on" || failed;
  const { ending, content } = failed ? pageOrText(report) : { ending: ".txt", content: report.text };
  const written = isWritten ? `${path}${ending}` : null;
  for (const old of [`${path}.html`, `${path}.txt`]) if (old !== written && existsSync(old)) rmSync(old);
  try {
    if (written !== null) write(written, content);
  } catch (error) {
    if (!failed || !(error instanceof InputError)) throw error;
    return { path: null, line: `\nreport:   ${error.message}` };
  }
  return { path: written, line: written === null ? "" : `\nreport:   ${shownPath(written)}` };
}

function pageOrText({ text, page }: Report): { readonly ending: string; readonly content: string } {
  if (page === null) return { ending: ".txt", content: text };
  try {
    return { ending: ".html", content: page() };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ending: ".txt", content: `${text}\n\nthe page could not be made: ${why}` };
  }
}

/** As it is printed: from the current folder, where it lies in it. */
export function shownPath(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith("..") ? path : from.replaceAll("\\", "/");
}

function write(path: string, text: string): void {
  const shown = `the report ${path}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new InputError(`${shown} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  writeWhole(path, `${text.trimEnd()}\n`, shown);
}

function plain(text: string): string {
  const words = text.replace(/[^\w.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return words.slice(0, NAME_MOST) || "test";
}

// Two tests whose names differ only in what `plain` leaves out have files of their own.
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0").slice(0, 6);
}
