// What an explanation is: plain words in an order that can be read aloud.

/** What a judge (src/judges) says of an execution. */
export interface Ruling {
  /** The judge: "data-race". */
  readonly judge: string;
  /** What is wrong, as one sentence without its full stop: names and places, the same in every execution. */
  readonly message: string;
  /** What happened, step by step, each a full sentence. */
  readonly evidence: readonly string[];
  /** The usual remedy, a full sentence. */
  readonly hint: string;
  /** The numbers of the objects whose reads and writes show it. */
  readonly accesses?: readonly number[];
}

export interface Explanation {
  /** One line: the outcome and its cause. */
  readonly title: string;
  /** What happened, each a full sentence; the most telling first. */
  readonly sentences: readonly string[];
  /** Those of the sentences that only say who waits for what, for whoever shows that in another form. */
  readonly waits?: readonly string[];
  /** What a driver author might do about it. */
  readonly hints: readonly string[];
}
