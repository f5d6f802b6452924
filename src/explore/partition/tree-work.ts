// What is left to do of a search through the tree of executions, and what its parts have found: for one worker or many.
//
// Invariants:
//   - every execution belongs to exactly one part, which is open, given out, or done;
//   - all parts have the same marks: when one finds new ones all is thrown away, and begins again with them;
//   - given out first is what seems largest, so that what is small is left for the end.

import { assert } from "#base/assert";
import type { Bound } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { inTreeOrder, joined, NOTHING, type DonePart } from "#explore/partition/join";
import type { OpenPart, PartReport } from "#explore/partition/open-part";
import type { Standing } from "#explore/standing";
import type { GivenPart, Subtree } from "#explore/strategy";

/** A search that was put aside; plain JSON. */
export interface SavedWork {
  readonly marks: readonly number[];
  readonly done: readonly DonePart[];
  readonly open: readonly OpenPart[];
  /** The share of the tree in all of them. */
  readonly share: number;
  /** Parts that others do, somewhere else. */
  readonly others: readonly (readonly number[])[];
}

/** Parts of the tree with which a search begins. */
export interface Roots {
  /** With these marks. */
  readonly marks: readonly number[];
  readonly parts: readonly Subtree[];
  /** Nodes with only sleepers that were met above them. */
  readonly blocked: number;
  /** Parts that others do, somewhere else. */
  readonly others: readonly (readonly number[])[];
}

/** A search that has not begun. */
export const NO_WORK: SavedWork = { marks: [], done: [], open: [], share: 1, others: [] };

/** Done parts that are kept apart before they are joined. */
const DONE_MOST = 2_000;

export class TreeWork {
  #marks: readonly number[];
  #open: OpenPart[];
  #done: DonePart[];
  readonly #given = new Set<OpenPart>();
  #newMarks: readonly number[] | null = null;
  #hasFinding = false;
  #others: readonly (readonly number[])[];
  #share: number;
  #shareLeft: number;
  #executions = 0;
  #blocked = 0;
  readonly #identities = new Set<string>();

  constructor({ marks, done, open, share, others }: SavedWork) {
    this.#marks = marks;
    this.#open = [...open];
    this.#done = [...done];
    this.#others = others;
    this.#share = share;
    this.#shareLeft = shareOf(open.map(({ subtree }) => subtree));
    for (const { standing } of [...done, ...open]) this.#count(standing, 1);
  }

  get marks(): readonly number[] {
    return this.#marks;
  }

  /** The marks with which all has to begin again; null when these are enough. */
  get newMarks(): readonly number[] | null {
    return this.#newMarks;
  }

  get hasFinding(): boolean {
    return this.#hasFinding;
  }

  /** Whether there are parts on which nobody has worked. */
  get hasUntouched(): boolean {
    return this.#open.some(({ standing }) => standing === null || standing.count === 0);
  }

  get givenCount(): number {
    return this.#given.size;
  }

  get isOver(): boolean {
    return this.#open.length === 0 && this.#given.size === 0;
  }

  /** What has come back has so many executions and findings; what is given out is not in it. */
  get tally(): { readonly executions: number; readonly blocked: number; readonly findings: number } {
    return { executions: this.#executions, blocked: this.#blocked, findings: this.#identities.size };
  }

  /** How much of it all is done, 0 to 1. @param more the share of the tree that is explored of what is given out */
  doneFraction(more: number): number {
    if (this.#share <= 0) return 0;
    return Math.min(1, Math.max(0, (this.#share - this.#shareLeft + more) / this.#share));
  }

  /**
   * Parts to work on next, in this order: the largest, and as many more as make up about one in `shares` of what is open;
   * all of it for 0. None when nothing is open.
   */
  take(shares: number): readonly OpenPart[] {
    if (this.#open.length === 0) return [];
    this.#open.sort((a, b) => b.subtree.share - a.subtree.share || inTreeOrder(a.subtree, b.subtree));
    const all = this.#open.reduce((sum, part) => sum + part.subtree.share, 0);
    const taken: OpenPart[] = [];
    for (let share = 0; taken.length === 0 || share < all / shares;) {
      const next = this.#open.shift();
      if (next === undefined) break;
      taken.push(next);
      this.#given.add(next);
      this.#count(next.standing, -1);
      share += next.subtree.share;
    }
    return taken;
  }

  /** A part comes back. @param report null when nobody has worked on it */
  put(part: OpenPart, report: PartReport | null): void {
    assert(this.#given.delete(part), "a part that comes back was given out");
    if (report === null) {
      this.#open.push(part);
      this.#count(part.standing, 1);
      return;
    }
    const { standing, subtrees, given, wasMarked } = report;
    this.#count(standing, 1);
    if (wasMarked) this.#newMarks = [...new Set([...(this.#newMarks ?? this.#marks), ...standing.marks])];
    if (standing.bound === "first-finding") this.#hasFinding = true;
    const isOver = standing.exhausted || standing.bound === "steps";
    if (isOver || subtrees.length > 0) {
      this.#done.push({ prefix: part.subtree.prefix, standing: { ...standing, strategy: undefined } });
      this.#shareLeft += shareOf(subtrees) - part.subtree.share;
      for (const subtree of subtrees) this.#open.push({ subtree, standing: null });
    } else this.#open.push(...this.#partedFrom({ subtree: part.subtree, standing }, given));
    if (this.#done.length > DONE_MOST) this.#joinDone();
  }

  // A part that has given something away, and that.
  #partedFrom(part: OpenPart, given: GivenPart | null): OpenPart[] {
    if (given === null) return [part];
    const { subtree, standing } = part;
    const share = subtree.share * given.share;
    return [
      { subtree: { ...subtree, share: subtree.share - share }, standing },
      {
        subtree: { prefix: given.prefix, sleep: [], share, isLeaf: false },
        standing: { ...NOTHING, marks: this.#marks, strategy: given.checkpoint },
      },
    ];
  }

  /** All begins again. Nothing is given out. */
  startAgain({ marks, parts, blocked, others }: Roots): void {
    this.#marks = marks;
    this.#others = others;
    this.#newMarks = null;
    this.#open = parts.map((subtree) => ({ subtree, standing: null }));
    this.#done = blocked === 0 ? [] : [{ prefix: [], standing: { ...NOTHING, blocked } }];
    this.#share = shareOf(parts);
    this.#shareLeft = this.#share;
    this.#executions = 0;
    this.#blocked = blocked;
    this.#identities.clear();
  }

  /** To be put aside. Nothing is given out. */
  save(): SavedWork {
    assert(this.#given.size === 0, "nothing is given out when a search is put aside");
    return {
      marks: this.#marks,
      done: this.#done,
      open: this.#open,
      share: this.#share,
      others: this.#others,
    };
  }

  /** What was found in all parts, open ones included. */
  standing(bound: Bound | null): Standing {
    const begun = this.#open.flatMap(({ subtree, standing }) =>
      standing === null ? [] : [{ prefix: subtree.prefix, standing }],
    );
    const all = joined([...this.#done, ...begun].sort(inTreeOrder).map(({ standing }) => standing));
    const outOfSteps = all.findings.some(({ outcome }) => outcome.kind === "out-of-steps");
    const atEnd = this.isOver && outOfSteps ? "steps" : null;
    const why = this.isOver ? atEnd : bound;
    return { ...all, strategy: undefined, marks: this.#marks, bound: why, exhausted: this.isOver && why === null };
  }

  #count(standing: Standing | null, times: number): void {
    if (standing === null) return;
    this.#executions += times * standing.executions;
    this.#blocked += times * standing.blocked;
    for (const { outcome } of standing.findings) this.#identities.add(identityOf(outcome));
  }

  // Done parts with nothing between them that is not done become one.
  #joinDone(): void {
    const missing = [...[...this.#open, ...this.#given].map(({ subtree }) => subtree.prefix), ...this.#others];
    const gaps = missing.map((prefix) => ({ prefix, standing: null }));
    const inOrder = [...this.#done, ...gaps].sort(inTreeOrder);
    const runs: DonePart[][] = [];
    let run: DonePart[] = [];
    for (const each of inOrder) {
      if (each.standing !== null) {
        if (run.length === 0) runs.push(run);
        run.push({ prefix: each.prefix, standing: each.standing });
      } else run = [];
    }
    this.#done = runs.map((each) => ({
      prefix: each[0]?.prefix ?? [],
      standing: joined(each.map(({ standing }) => standing)),
    }));
  }
}

function shareOf(parts: readonly Subtree[]): number {
  return parts.reduce((sum, part) => sum + part.share, 0);
}
