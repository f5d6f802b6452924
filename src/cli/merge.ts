// `lockstep merge`: the parts of a search that several machines did, as the one search that they are.

import { resolve } from "node:path";
import { InputError } from "#base/assert";
import { readBounds } from "#cli/bounds";
import { JSON_OPTION, type Command } from "#cli/command";
import { describeSearch } from "#cli/explore";
import { describeExploration } from "#cli/exploration-text";
import { findScenario } from "#cli/find-scenario";
import { namesOf, readJudges } from "#cli/judging";
import { isSet, single } from "#cli/options";
import { readSettings } from "#cli/read-settings";
import { exitCodeOf, toJson } from "#cli/result";
import { readSearchFile, type SearchFile } from "#cli/search-file";
import { searchOptions } from "#cli/search-options";
import { compileWith } from "#cli/settings";
import { underWatch } from "#cli/watching";
import { writeWhole } from "#load/whole-file";
import type { ExploreOptions } from "#explore/explorer";
import { inTreeOrder } from "#explore/partition/join";
import { joinedLots } from "#explore/partition/shard";
import { NO_WORK, TreeWork } from "#explore/partition/tree-work";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";

export const merge: Command = {
  usage: "merge <...files>",
  about: "join the parts of a search that explore --shard did, into its one result",
  details: `The files are what explore --shard wrote with --out, or printed with --json; every part once. The result, and the exit
code, are those of the same search on one machine; only pct and surw, which learn as they go, learn in each part by itself.
Which finding is shown, and the number of its first execution, are also the same. Run it where the scenario can be found,
in the same folder as the parts.`,
  options: [{ usage: "--out <file>", about: "write the JSON result to a file, too" }, JSON_OPTION],
  examples: ["lockstep merge part-1.json part-2.json part-3.json", "lockstep merge parts/*.json --json"],
  words: { least: 1, most: 10_000, wanted: "the files of all parts" },

  async perform(terminal, words, given) {
    const asJson = isSet(given, "json");
    const out = single(given, "out", "the name of a file");
    const files = inOrder(words.map((word) => ({ word, file: readSearchFile(word, terminal.folder) })));
    const [first] = files;
    if (first === undefined) throw new InputError("merge takes the files of all parts");
    const bounds = readBounds(first.options);
    const judges = readJudges(first.options);
    const found = await findScenario(first.scenario, terminal.folder);
    const settings = readSettings(first.options, found.scenario);
    const program = compileWith(found.scenario, settings, namesOf(judges));
    const milliseconds = Math.max(...files.map(({ saved }) => saved.milliseconds));
    const options = searchOptions(found, settings, bounds, terminal);
    const standing = { ...together(files, options), milliseconds };
    const result = underWatch(program, (under) => new Search(under, options, { standing }).result());
    const judging = { judges, samples: true };
    const explored = describeSearch(found, settings, bounds, terminal, judging, result);
    if (out !== undefined) writeWhole(resolve(terminal.folder, out), toJson(explored.result), out);
    terminal.out(asJson ? toJson(explored.result) : describeExploration(found, explored, terminal));
    return exitCodeOf(explored.result);
  },
};

interface Given {
  readonly word: string;
  readonly file: SearchFile;
}

// All parts, each once and of the same search, in their order.
function inOrder(given: readonly Given[]): readonly SearchFile[] {
  const [first] = given;
  const parts = new Map<number, Given>();
  for (const each of given) {
    const { shard, scenario } = each.file;
    if (shard === null) throw new InputError(`${each.word} is a whole search, not one of several parts`);
    if (first !== undefined) checkSameSearch(first, each);
    const twice = parts.get(shard.index);
    if (twice !== undefined) {
      throw new InputError(`${twice.word} and ${each.word} are both part ${shard.index} of ${shard.of} of ${scenario}`);
    }
    parts.set(shard.index, each);
  }
  const of = first?.file.shard?.of ?? 0;
  const missing = Array.from({ length: of }, (_, place) => place + 1).filter((index) => !parts.has(index));
  if (missing.length > 0) {
    const which = `part${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`;
    throw new InputError(`missing: ${which}, of ${of} of ${first?.file.scenario ?? ""}`);
  }
  checkMarks([...parts.values()]);
  return [...parts.values()].map(({ file }) => file).sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
}

function checkSameSearch(first: Given, each: Given): void {
  const settings = ({ file }: Given): string =>
    JSON.stringify([file.scenario, file.shard?.of, Object.entries(file.options).sort()]);
  if (settings(first) === settings(each)) return;
  throw new InputError(
    `${first.word} and ${each.word} are parts of different searches: ${told(first.file)}, and ${told(each.file)}`,
  );
}

function told({ scenario, shard, options }: SearchFile): string {
  const all = Object.entries(options).map(([name, value]) => ` ${name}=${String(value)}`);
  return `${scenario} in ${shard?.of ?? 1} parts with${all.join("")}`;
}

// Of a walk through the tree: a part that came upon a mark by itself divided another tree.
function checkMarks(given: readonly Given[]): void {
  const walks = given.filter(({ file }) => file.saved.work !== null);
  const all = [...new Set(walks.flatMap(({ file }) => file.marks))].sort((a, b) => a - b);
  const fewer = walks.filter(({ file }) => file.marks.length < all.length);
  if (fewer.length === 0) return;
  throw new InputError(
    `some parts found objects that need marks, and ${fewer.map(({ word }) => word).join(", ")} did not: the parts do not fit ` +
      `together. Explore every part again with: --marks ${all.join(",")}`,
  );
}

function together(files: readonly SearchFile[], options: ExploreOptions): Standing {
  const works = files.flatMap(({ saved }) => (saved.work === null ? [] : [saved.work]));
  const unfinished = files.find(({ bound }) => bound !== null && bound !== "steps")?.bound ?? null;
  if (works.length > 0) {
    const done = works.flatMap((work) => work.done).sort(inTreeOrder);
    const open = works.flatMap((work) => work.open);
    return new TreeWork({ ...NO_WORK, marks: works[0]?.marks ?? [], done, open }).standing(unfinished);
  }
  const standings = files.flatMap(({ saved }) => (saved.standing === null ? [] : [saved.standing]));
  return { ...joinedLots(options, standings), bound: unfinished };
}
