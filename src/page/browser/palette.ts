// Colours that can be told apart by nearly everybody (Okabe and Ito), light and dark; nothing is said by colour alone.

interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly box: string;
  readonly cursor: string;
  readonly bad: string;
  readonly wake: string;
  readonly wait: string;
  readonly locks: readonly string[];
  readonly onLock: string;
}

const LIGHT: Palette = {
  paper: "#ffffff",
  ink: "#1b1f24",
  faint: "#5f666f",
  line: "#d5d9de",
  box: "#eef2f6",
  cursor: "#fff3c4",
  bad: "#b8400a",
  wake: "#0060a0",
  wait: "#5b6270",
  locks: ["#0072b2", "#966200", "#00805d", "#a8457f", "#2f74a8", "#7a6a00"],
  onLock: "#ffffff",
};

const DARK: Palette = {
  paper: "#14171b",
  ink: "#e6e8eb",
  faint: "#a0a8b2",
  line: "#333a42",
  box: "#232930",
  cursor: "#3d3514",
  bad: "#ff8a50",
  wake: "#6cbcff",
  wait: "#9aa4af",
  locks: ["#56b4e9", "#e69f00", "#2fc79a", "#e59ac5", "#a5c8ff", "#f0e442"],
  onLock: "#101214",
};

const isDark = window.matchMedia("(prefers-color-scheme: dark)");

function palette(): Palette {
  return isDark.matches ? DARK : LIGHT;
}

/** The colour of a lock: by its place among those with a letter. */
function lockColor(runIndex: number, object: number): string {
  const { locks } = palette();
  const place = [...(letters[runIndex]?.keys() ?? [])].indexOf(object);
  return locks[Math.max(0, place) % locks.length] as string;
}
