// Two executions of one scenario, side by side: the first row in which they differ.

import type { Row, Run } from "#page/data";

/** The first row that differs; -1 when all rows are the same. */
export function firstDifference(one: Run, other: Run): number {
  const rows = Math.max(one.rows.length, other.rows.length);
  for (let row = 0; row < rows; row++) {
    if (words(one, one.rows[row]) !== words(other, other.rows[row])) return row;
  }
  return -1;
}

function words({ lanes }: Run, row: Row | undefined): string {
  if (row === undefined) return "";
  const effects = row.kind === "end" ? [] : row.effects.map(({ text, lane }) => `${lanes[lane]?.name} ${text}`);
  return JSON.stringify([row.kind, lanes[row.lane]?.name, row.text, row.frame, effects]);
}
