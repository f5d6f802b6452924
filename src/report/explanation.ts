// What an explanation is: plain words in an order that can be read aloud.

export interface Explanation {
  /** One line: the outcome and its cause. */
  readonly title: string;
  /** What happened, each a full sentence; the most telling first. */
  readonly sentences: readonly string[];
  /** What a driver author might do about it. */
  readonly hints: readonly string[];
}
