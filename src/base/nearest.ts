// Which of the known names somebody meant who wrote another: for messages about wrong input.

/** The name nearest to `word`, when one is near enough to be meant; null otherwise. */
export function nearest(word: string, names: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const candidate = name.toLowerCase();
    const isPart = wanted.length >= 3 && candidate.includes(wanted);
    const distance = isPart ? Math.min(2, edits(wanted, candidate)) : edits(wanted, candidate);
    if (distance >= least) continue;
    best = name;
    least = distance;
  }
  return best;
}

/** `; did you mean "x"?`, or nothing when no name is near. */
export function suggestion(word: string, names: readonly string[]): string {
  const name = nearest(word, names);
  return name === null ? "" : `; did you mean "${name}"?`;
}

/** How many characters must be put in, left out or replaced to make one word of the other. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, place) => place);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
